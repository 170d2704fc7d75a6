//! Writes the seed corpus of the fuzz targets: files made here, and on request public samples from a folder.
//!
//! ```text
//! cargo run -p icd --example fuzz_seeds -- icd/fuzz/corpus [folder with samples]
//! ```

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "../fuzz/src/seeds.rs"]
mod seeds;

/// Samples larger than this slow the fuzzer down more than they teach it.
const SAMPLE_BYTES_MAX: u64 = 64 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let corpus = PathBuf::from(arguments.next().ok_or("name the folder of the corpus")?);
    for (target, files) in seeds::all() {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        for (number, bytes) in files.iter().enumerate() {
            fs::write(folder.join(format!("own-{number:03}")), bytes)?;
        }
        println!("{target}: {} files made here", files.len());
    }
    if let Some(samples) = arguments.next() {
        copy_samples(Path::new(&samples), &corpus)?;
    }
    Ok(())
}

fn copy_samples(folder: &Path, corpus: &Path) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            copy_samples(&path, corpus)?;
            continue;
        }
        let target = match path.extension().and_then(|e| e.to_str()) {
            Some("an2" | "an2k") => "nist",
            Some("wsq") => "wsq",
            Some("jp2" | "j2c" | "j2k") => "jpeg2000",
            _ => continue,
        };
        if let Some(name) = path.file_name()
            && fs::metadata(&path)?.len() <= SAMPLE_BYTES_MAX
        {
            fs::copy(&path, corpus.join(target).join(name))?;
        }
    }
    Ok(())
}
