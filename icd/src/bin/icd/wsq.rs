//! `icd wsq`: single fingerprints between WSQ and pictures that any viewer opens.

use std::{
    fs::File,
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use icd::wsq::{self, EncodeOptions, limits};
use image::{ColorType, GrayImage, ImageFormat, ImageReader};
use serde_json::json;

/// Larger than any file whose picture is within the bounds of the codec.
const FILE_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// How far from the rate asked for is worth a word. The search for a step comes within a few hundredths on a print.
const RATE_FAR: f64 = 1.5;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Writes the picture of a WSQ file as PNG.
    Decode(Decode),
    /// Compresses a picture (PNG, TIFF or JPEG) to WSQ.
    Encode(Encode),
}

#[derive(Args)]
#[command(after_help = "Example:\n  icd wsq decode print.wsq --out print.png --json")]
pub(crate) struct Decode {
    /// The WSQ file.
    file: PathBuf,
    /// The PNG to write; an older one is replaced.
    #[arg(long)]
    out: PathBuf,
    /// Prints size, claimed resolution and comments as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(after_help = "Examples:
  icd wsq encode print.png --out print.wsq
  icd wsq encode print.png --out print.wsq --bpp 2.25 --ppi 500 --json")]
pub(crate) struct Encode {
    /// The picture. Colours are turned to grey.
    file: PathBuf,
    /// The WSQ file to write; an older one is replaced.
    #[arg(long)]
    out: PathBuf,
    /// Bits per pixel to aim at: 0.75 gives about 15:1, 2.25 about 5:1.
    #[arg(long, default_value_t = EncodeOptions::default().bits_per_pixel)]
    bpp: f32,
    /// Resolution of the picture in pixels per inch, for the comment of the file.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    ppi: Option<u16>,
    /// A further comment for the file.
    #[arg(long)]
    comment: Option<String>,
    /// Prints size, bytes and reached rate as JSON.
    #[arg(long)]
    json: bool,
}

/// Why nothing was converted. Messages name files as the user did, never what is in them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    #[error("W-0901: {path} cannot be {act} ({reason}); check the path and your rights", path = .path.display())]
    File { path: PathBuf, act: &'static str, reason: io::ErrorKind },
    #[error("W-0902: {path} is not a picture this tool opens; give a PNG, TIFF or JPEG within the bounds of WSQ", path = .path.display())]
    Picture { path: PathBuf },
    #[error("{path}: {error}", path = .path.display())]
    Codec { path: PathBuf, error: wsq::Error },
}

impl Command {
    /// What is read and what is written.
    pub(crate) fn files(&self) -> (&Path, &Path) {
        match self {
            Self::Decode(Decode { file, out, .. }) | Self::Encode(Encode { file, out, .. }) => (file, out),
        }
    }
}

pub(crate) fn run(command: &Command) -> Result<(), ToolError> {
    match command {
        Command::Decode(arguments) => decode(arguments),
        Command::Encode(arguments) => encode(arguments),
    }
}

fn decode(arguments: &Decode) -> Result<(), ToolError> {
    let file = &arguments.file;
    let decoded =
        wsq::decode(&read(file)?).map_err(|error| ToolError::Codec { path: file.clone(), error })?;
    let (width, height) = (decoded.width_px, decoded.height_px);
    let mut png = Cursor::new(Vec::new());
    GrayImage::from_raw(width, height, decoded.pixels)
        .and_then(|picture| picture.write_to(&mut png, ImageFormat::Png).ok())
        .ok_or_else(|| ToolError::Picture { path: arguments.out.clone() })?;
    write(&arguments.out, png.get_ref())?;
    if arguments.json {
        let ppi = decoded.resolution_ppi;
        say!(
            "{}",
            json!({ "width": width, "height": height, "claimed_ppi": ppi, "comments": decoded.comments })
        );
    } else {
        say!("{width} x {height} pixels written to {}", arguments.out.display());
    }
    Ok(())
}

fn encode(arguments: &Encode) -> Result<(), ToolError> {
    let (picture, was_grey) = open(&arguments.file)?;
    if !was_grey {
        eprintln!("note: {} was not 8-bit grey and was converted", arguments.file.display());
    }
    let (width, height) = picture.dimensions();
    let options = EncodeOptions {
        bits_per_pixel: arguments.bpp,
        resolution_ppi: arguments.ppi,
        comment: arguments.comment.clone(),
    };
    let stream = wsq::encode(picture.as_raw(), width, height, &options)
        .map_err(|error| ToolError::Codec { path: arguments.file.clone(), error })?;
    write(&arguments.out, &stream)?;
    let reached = stream.len() as f64 * 8.0 / (f64::from(width) * f64::from(height));
    if let Some(note) = rate_note(f64::from(arguments.bpp), reached) {
        eprintln!("{note}");
    }
    if arguments.json {
        say!(
            "{}",
            json!({ "width": width, "height": height, "bytes": stream.len(), "bits_per_pixel": reached })
        );
    } else {
        let (bytes, out) = (stream.len(), arguments.out.display());
        say!("{width} x {height} pixels, {bytes} bytes ({reached:.2} bits per pixel) written to {out}");
    }
    Ok(())
}

/// Words for a rate far from the one asked for: a small or very plain picture, or a rate that tables alone exceed.
fn rate_note(asked: f64, reached: f64) -> Option<String> {
    let far = reached > asked * RATE_FAR || reached < asked / RATE_FAR;
    far.then(|| {
        format!("note: {asked:.2} bits per pixel were asked for and {reached:.2} reached; look at the picture before it is used")
    })
}

/// The picture as 8-bit grey, and whether it was that already. Its size is bounded before it is unpacked.
pub(crate) fn open(path: &Path) -> Result<(GrayImage, bool), ToolError> {
    let refused = || ToolError::Picture { path: path.to_owned() };
    let bytes = read(path)?;
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| refused())?;
    let mut bounds = image::Limits::default();
    bounds.max_image_width = Some(limits::SIDE_PX_MAX);
    bounds.max_image_height = Some(limits::SIDE_PX_MAX);
    bounds.max_alloc = Some(8 * limits::PIXELS_MAX);
    reader.limits(bounds);
    let picture = reader.decode().map_err(|_| refused())?;
    let was_grey = picture.color() == ColorType::L8;
    Ok((picture.into_luma8(), was_grey))
}

fn read(path: &Path) -> Result<Vec<u8>, ToolError> {
    let failed =
        |error: io::Error| ToolError::File { path: path.to_owned(), act: "read", reason: error.kind() };
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(failed(io::ErrorKind::FileTooLarge.into()));
    }
    Ok(bytes)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ToolError> {
    std::fs::write(path, bytes).map_err(|error| ToolError::File {
        path: path.to_owned(),
        act: "written",
        reason: error.kind(),
    })
}
