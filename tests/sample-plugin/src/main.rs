//! A device plug-in as somebody else would write one: it knows the protocol from its documentation only, and no part of the kiosk.
//!
//! Without arguments it is a scanner and a camera that draw what they deliver. With the name of a fault it misbehaves in that way, so
//! that the tests can show what a kiosk makes of it. The protocol: `docs/reference/devices.md`.

use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

fn main() {
    let fault = std::env::args().nth(1).unwrap_or_default();
    let (sender, calls) = channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let call: Value = serde_json::from_str(&line).unwrap_or(Value::Null);
            if sender.send(call).is_err() {
                return;
            }
        }
    });
    while let Ok(call) = calls.recv() {
        answer(&fault, &call, &calls);
        if call["call"] == "close" {
            return;
        }
    }
}

fn answer(fault: &str, call: &Value, calls: &Receiver<Value>) {
    let id = &call["id"];
    match call["call"].as_str().unwrap_or_default() {
        "hello" => {
            let version = if fault == "other-version" { 2 } else { 1 };
            say(
                &json!({ "id": id, "say": "hello", "version": version, "plugin": "sample 1.0", "make": "Sample",
                "model": "Drawn ten-print", "serial": "S-1", "firmware": "0.9", "certification": "" }),
            );
        }
        "capture-slap" | "capture-finger" => capture(fault, call, calls),
        "capture-portrait" => portrait(id),
        "cancel" => {}
        _ => say(&json!({ "id": id, "say": "done" })),
    }
}

/// Three live frames, then the image; or the fault that was asked for.
fn capture(fault: &str, call: &Value, calls: &Receiver<Value>) {
    let id = &call["id"];
    let (width, height) = (400_usize, 300_usize);
    for frame in 0..3 {
        if stopped(calls, Duration::from_millis(20)) {
            return say(&json!({ "id": id, "say": "fault", "fault": "cancelled" }));
        }
        let pixels = drawn(width, height, frame);
        say_with(
            &json!({ "id": id, "say": "frame", "width": width, "height": height, "bytes": pixels.len() }),
            &pixels,
        );
    }
    let mut pixels = drawn(width, height, 3);
    match fault {
        "crash" => std::process::exit(3),
        "hang" => std::thread::sleep(Duration::from_secs(3_600)),
        "wait" => {
            let patience = Instant::now();
            while patience.elapsed() < Duration::from_secs(3_600) {
                if stopped(calls, Duration::from_millis(20)) {
                    return say(&json!({ "id": id, "say": "fault", "fault": "cancelled" }));
                }
            }
        }
        "babble" => say_raw(b"I am not a message\n"),
        "flood" => loop {
            say_raw(&[b'x'; 65_536]);
        },
        "other-call" => say(&json!({ "id": 4_711, "say": "done" })),
        "huge" => {
            say(&json!({ "id": id, "say": "image", "width": 9_999, "height": 9_999, "resolution_ppi": 500,
            "bytes": 99_980_001_u64 }))
        }
        "garbage" => {
            pixels.truncate(17);
            say_with(
                &json!({ "id": id, "say": "image", "width": width, "height": height, "resolution_ppi": 500,
                "bytes": 17 }),
                &pixels,
            );
        }
        "busy" => say(&json!({ "id": id, "say": "fault", "fault": "busy", "code": 12 })),
        "broken" => say(&json!({ "id": id, "say": "fault", "fault": "broken", "code": 77 })),
        _ => say_with(
            &json!({ "id": id, "say": "image", "width": width, "height": height, "resolution_ppi": 500,
            "bytes": pixels.len() }),
            &pixels,
        ),
    }
}

/// Whether the kiosk says stop within this time.
fn stopped(calls: &Receiver<Value>, wait: Duration) -> bool {
    std::thread::sleep(wait);
    match calls.try_recv() {
        Ok(call) => call["call"] == "cancel",
        Err(TryRecvError::Disconnected) => true,
        Err(TryRecvError::Empty) => false,
    }
}

/// Ridges as circles, dark, on white.
fn drawn(width: usize, height: usize, shift: usize) -> Vec<u8> {
    let grey = |at: usize| {
        let (x, y) = ((at % width) as f32 - 200.0, (at / width) as f32 - 150.0 + shift as f32);
        let away = x.hypot(y);
        if away > 140.0 { 255 } else { (150.0 + 100.0 * (away * 0.7).sin()) as u8 }
    };
    (0..width * height).map(grey).collect()
}

/// A camera's answer: a JPEG, here of a grey square.
fn portrait(id: &Value) {
    let mut jpeg = Vec::new();
    let coded = image::codecs::jpeg::JpegEncoder::new(&mut jpeg).encode(
        &[128; 256],
        16,
        16,
        image::ExtendedColorType::L8,
    );
    match coded {
        Ok(()) => say_with(
            &json!({ "id": id, "say": "image", "width": 16, "height": 16, "bytes": jpeg.len() }),
            &jpeg,
        ),
        Err(_) => say(&json!({ "id": id, "say": "fault", "fault": "bad-image" })),
    }
}

fn say(message: &Value) {
    say_with(message, &[]);
}

fn say_with(message: &Value, bytes: &[u8]) {
    say_raw(&[format!("{message}\n").as_bytes(), bytes].concat());
}

/// A kiosk that does not read any more has ended this plug-in's work.
fn say_raw(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    if out.write_all(bytes).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}
