//! The drivers for USB readers and cameras against a real Linux kernel: runs inside the guest that `run.sh` boots.
//!
//! `guest usb` plugs modelled readers into the kernel's virtual host controller; `guest camera` uses the kernel's virtual
//! camera. Every check prints one line; the exit code is 0 only if all hold.

mod checks;
mod port;
mod reader;

use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let all = match std::env::args().nth(1).as_deref() {
        Some("usb") => checks::USB.to_vec(),
        Some("camera") => checks::CAMERA.to_vec(),
        _ => {
            eprintln!("usage: guest usb|camera   (inside the guest only; see tests/guest/run.sh)");
            return ExitCode::from(2);
        }
    };
    let mut failed = false;
    // The kernel may have left a line open on the console.
    println!();
    for (name, check) in all {
        let begun = Instant::now();
        match check() {
            Ok(()) => println!("ok      {name} ({} ms)", begun.elapsed().as_millis()),
            Err(words) => {
                failed = true;
                println!("FAILED  {name}: {words}");
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
