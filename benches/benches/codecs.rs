//! Criterion for people: WSQ on one slap, and container and envelope of a whole case.

use std::hint::black_box;

use benches::{
    Laps,
    journey::{Case, Judged},
    subject::Subject,
};
use capture::face::FaceSetup;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use icd::{container, message::Message, profile::Profile};

fn wsq_of_a_slap(criterion: &mut Criterion) {
    let subject = Subject::new(4_100, 34).expect("a synthetic person");
    let (_, slap) = &subject.slaps[0];
    let options = wsq::EncodeOptions { resolution_ppi: Some(500), ..wsq::EncodeOptions::default() };
    let stream = wsq::encode(&slap.pixels, slap.width, slap.height, &options).expect("a stream");
    let mut group = criterion.benchmark_group("wsq");
    group.sample_size(20).throughput(Throughput::Bytes(slap.pixels.len() as u64));
    group.bench_function("encode a slap", |bench| {
        bench.iter(|| wsq::encode(black_box(&slap.pixels), slap.width, slap.height, &options));
    });
    group.bench_function("decode a slap", |bench| bench.iter(|| wsq::decode(black_box(&stream))));
    group.finish();
}

fn case_of_a_person(criterion: &mut Criterion) {
    let subject = Subject::new(4_100, 34).expect("a synthetic person");
    let profile = Profile::open_2026();
    let face = FaceSetup::without_detector();
    let judged = Judged::take(&subject, &face, &mut Laps::default()).expect("a judged person");
    let encode = |(judged, slaps)| {
        Case::encode(&profile, judged, slaps, &subject.portrait, 1, &mut Laps::default()).expect("a case")
    };
    let sample = encode((judged.clone(), subject.slaps.clone()));
    let mut group = criterion.benchmark_group("icd");
    group.sample_size(20).throughput(Throughput::Bytes(sample.container.len() as u64));
    group.bench_function("build container and envelope", |bench| {
        bench.iter_batched(|| (judged.clone(), subject.slaps.clone()), encode, BatchSize::LargeInput);
    });
    group.bench_function("parse a container", |bench| {
        bench.iter(|| container::read(&profile, black_box(&sample.container)).map(|read| read.fingers.len()));
    });
    group.throughput(Throughput::Bytes(sample.envelope.len() as u64));
    group.bench_function("parse an envelope", |bench| {
        bench.iter(|| Message::from_xml(black_box(sample.envelope.as_bytes())));
    });
    group.finish();
}

criterion_group!(benches, wsq_of_a_slap, case_of_a_person);
criterion_main!(benches);
