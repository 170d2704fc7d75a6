//! Criterion for people: the stages of the matcher on one synthetic slap and its fingers.

use std::hint::black_box;

use benches::subject::Subject;
use criterion::{Criterion, criterion_group, criterion_main};
use matcher::{Image, SegmentRequest, compare, extract, quality, segment};

fn stages(criterion: &mut Criterion) {
    let subjects = Subject::crowd(2, 34).expect("two synthetic people");
    let (hand, slap) = &subjects[0].slaps[0];
    let print = first_print(&subjects[0]);
    let other = first_print(&subjects[1]);
    let (template, stranger) = (extract(&print).expect("a template"), extract(&other).expect("a template"));

    let mut group = criterion.benchmark_group("matcher");
    group.sample_size(20);
    group.bench_function("segment a slap", |bench| {
        bench.iter(|| segment(black_box(slap), SegmentRequest { hand: *hand, missing: &[] }));
    });
    group.bench_function("quality of a print", |bench| bench.iter(|| quality(black_box(&print))));
    group.bench_function("extract a template", |bench| bench.iter(|| extract(black_box(&print))));
    group.bench_function("compare the same finger", |bench| {
        bench.iter(|| compare(black_box(&template), black_box(&template)));
    });
    group.bench_function("compare two people's fingers", |bench| {
        bench.iter(|| compare(black_box(&template), black_box(&stranger)));
    });
    group.finish();
}

fn first_print(subject: &Subject) -> Image {
    let (hand, slap) = &subject.slaps[0];
    let found = segment(slap, SegmentRequest { hand: *hand, missing: &[] });
    found.fingers[0].crop(slap).expect("a print")
}

criterion_group!(benches, stages);
criterion_main!(benches);
