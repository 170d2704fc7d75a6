//! Reading and writing for the tool; every error names the file.

use std::path::Path;

use matcher::{Error, Image, Template, exchange};

/// What the tool ends with when the input is bad.
pub(crate) type Outcome<T> = Result<T, String>;

pub(crate) fn read(path: &Path) -> Outcome<Vec<u8>> {
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

pub(crate) fn write(path: &Path, bytes: &[u8]) -> Outcome<()> {
    std::fs::write(path, bytes).map_err(|error| unwritable(path, &error))
}

pub(crate) fn image(path: &Path, ppi: u32) -> Outcome<Image> {
    matcher::codec::decode(&read(path)?, ppi).map_err(|error| format!("{}: {error}", path.display()))
}

/// A template file as it is, the first print of a minutiae record, or the template of a picture.
pub(crate) fn template(path: &Path, ppi: u32) -> Outcome<Template> {
    let bytes = read(path)?;
    template_of(&bytes, ppi).map_err(|error| format!("{}: {error}", path.display()))
}

fn template_of(bytes: &[u8], ppi: u32) -> Result<Template, Error> {
    if bytes.starts_with(b"BGMT") {
        return Template::from_bytes(bytes);
    }
    if exchange::is_record(bytes) {
        let templates = exchange::Record::read(bytes)?.templates()?;
        return templates
            .into_iter()
            .next()
            .map(|(_, template)| template)
            .ok_or(Error::TooFewMinutiae { found: 0 });
    }
    matcher::extract(&matcher::codec::decode(bytes, ppi)?)
}

pub(crate) fn write_png(path: &Path, image: &Image) -> Outcome<()> {
    let grey = image::GrayImage::from_raw(image.width, image.height, image.pixels.clone())
        .ok_or_else(|| format!("{}: the picture has no sound size", path.display()))?;
    grey.save(path).map_err(|error| unwritable(path, &error))
}

pub(crate) fn make_folder(path: &Path) -> Outcome<()> {
    std::fs::create_dir_all(path).map_err(|error| unwritable(path, &error))
}

pub(crate) fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("M-0903: cannot read {}: {error}. Check the name and the rights.", path.display())
}

pub(crate) fn unwritable(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("M-0901: cannot write {}: {error}. Choose another place or make room.", path.display())
}
