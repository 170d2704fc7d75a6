//! `matcher`: the tool beside the library.
fn main() {
    println!("{}", matcher::parameters::QUALITY_VERSION);
}
