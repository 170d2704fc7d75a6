//! Cameras of the operating system (V4L2), among them every USB camera of the UVC class.
//!
//! Asks for Motion JPEG first and for YUYV otherwise, at the configured size or the nearest the camera has. Frames come
//! through mapped buffers; waiting happens in short steps, so that a cancellation is seen and a camera that stops
//! sending ends in a fault. The first frames after switching on are passed over: exposure and white balance settle in
//! them.
//!
//! Invariants: a Motion JPEG picture is stored with the camera's own bytes; a frame that the driver marks as damaged is
//! never the portrait. Left out on purpose: controls (focus, zoom), which differ from camera to camera.
//! Tested in the guest (`tests/guest`) against the kernel's own virtual camera; no physical camera was touched.

mod pixels;

use std::path::{Path, PathBuf};
use std::time::Duration;

use v4l::buffer::{Flags, Type};
use v4l::io::mmap::Stream;
use v4l::io::traits::{CaptureStream, Stream as _};
use v4l::video::Capture;
use v4l::{Device, Format, FourCC};

use super::{Bounds, Camera, DeviceDescription, Fault, Health, Portrait};
use crate::limits;
use crate::parameters::{
    CAMERA_BUFFERS, CAMERA_FRAME_TIMEOUT_MS, CAMERA_HEIGHT_PX, CAMERA_SETTLE_FRAMES, CAMERA_WIDTH_PX,
    DEVICE_STEP_MS,
};

/// How a camera is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraOptions {
    /// Identifier in the kiosk's configuration.
    pub id: String,
    /// Device file; the first camera that takes pictures when absent.
    pub path: Option<PathBuf>,
    /// Wanted size, width and height.
    pub size_px: (u32, u32),
}

impl CameraOptions {
    /// The first camera of the machine at the usual size.
    #[must_use]
    pub fn first(id: &str) -> Self {
        Self { id: id.to_owned(), path: None, size_px: (CAMERA_WIDTH_PX, CAMERA_HEIGHT_PX) }
    }
}

/// A camera that the system knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCamera {
    /// Device file.
    pub path: PathBuf,
    /// Name that its driver gives.
    pub name: String,
}

/// Cameras that take pictures and send them as a stream. Asks each device file what it is; switches nothing on.
#[must_use]
pub fn look() -> Vec<FoundCamera> {
    let mut nodes = v4l::context::enum_devices();
    nodes.sort_by_key(v4l::context::Node::index);
    let able = |path: &Path| {
        use v4l::capability::Flags;
        let caps = Device::with_path(path).and_then(|device| device.query_caps());
        caps.is_ok_and(|caps| caps.capabilities.contains(Flags::VIDEO_CAPTURE | Flags::STREAMING))
    };
    nodes
        .iter()
        .take(limits::CAMERAS_MAX)
        .filter(|node| able(node.path()))
        .map(|node| FoundCamera { path: node.path().to_owned(), name: node.name().unwrap_or_default() })
        .collect()
}

/// The driver.
pub struct V4l2Camera {
    options: CameraOptions,
    device: Option<Device>,
    description: DeviceDescription,
}

impl V4l2Camera {
    /// A closed camera.
    #[must_use]
    pub fn new(options: CameraOptions) -> Self {
        let description = DeviceDescription {
            id: options.id.clone(),
            make: "V4L2".into(),
            model: "camera".into(),
            driver: concat!("v4l2 ", env!("CARGO_PKG_VERSION")).into(),
            ..DeviceDescription::default()
        };
        Self { options, device: None, description }
    }

    fn path(&self) -> Option<PathBuf> {
        self.options.path.clone().or_else(|| look().into_iter().next().map(|camera| camera.path))
    }

    fn missing(&self) -> Fault {
        Fault::Missing { device: self.options.id.clone(), detail: "no such camera is connected".into() }
    }

    fn fault(&self, error: &std::io::Error) -> Fault {
        use std::io::ErrorKind;
        let device = self.options.id.clone();
        match (error.kind(), error.raw_os_error()) {
            (ErrorKind::PermissionDenied, _) => Fault::Denied { device },
            (ErrorKind::ResourceBusy, _) => Fault::Busy { device },
            (ErrorKind::NotFound, _) => self.missing(),
            (_, Some(NO_DEVICE)) => Fault::Broken { device, detail: "it is not connected any more".into() },
            (kind, _) => Fault::Broken { device, detail: format!("the system reports {kind:?}") },
        }
    }

    /// The format in use, or why there is none.
    fn agree(&self, device: &Device) -> Result<Format, Fault> {
        let (width, height) = self.options.size_px;
        let offered = device.enum_formats().map_err(|error| self.fault(&error))?;
        let motion_jpeg = [FourCC::new(b"MJPG"), FourCC::new(b"JPEG")];
        let order = motion_jpeg.iter().chain([&YUYV]);
        let chosen = order.copied().find(|wanted| offered.iter().any(|format| format.fourcc == *wanted));
        let unsuited = || Fault::Unsuited {
            device: self.options.id.clone(),
            detail: "it delivers neither Motion JPEG nor YUYV".into(),
        };
        let wanted = Format::new(width, height, chosen.ok_or_else(unsuited)?);
        let format = device.set_format(&wanted).map_err(|error| self.fault(&error))?;
        if format.fourcc != wanted.fourcc {
            return Err(unsuited());
        }
        if format.width > limits::PORTRAIT_SIDE_PX_MAX || format.height > limits::PORTRAIT_SIDE_PX_MAX {
            return Err(self.bad_image("its frames are larger than any portrait"));
        }
        Ok(format)
    }

    fn bad_image(&self, detail: &str) -> Fault {
        Fault::BadImage { device: self.options.id.clone(), detail: detail.to_owned() }
    }

    /// Frames from the camera until `enough` says so; the last one that was whole is the portrait.
    fn frames(
        &self,
        device: &Device,
        format: &Format,
        bounds: &Bounds,
        watch: &mut dyn FnMut(&[u8]),
    ) -> Result<Vec<u8>, Fault> {
        let fault = |error: std::io::Error| self.fault(&error);
        let mut stream = Stream::with_buffers(device, Type::VideoCapture, CAMERA_BUFFERS).map_err(fault)?;
        stream.set_timeout(Duration::from_millis(CAMERA_FRAME_TIMEOUT_MS));
        // The first buffer is handed over by the first call of `next`.
        for buffer in 1..CAMERA_BUFFERS as usize {
            stream.queue(buffer).map_err(fault)?;
        }
        stream.start().map_err(fault)?;
        let (mut settled, mut damaged) = (0, 0);
        loop {
            self.await_frame(&stream, bounds)?;
            let (buffer, about) = stream.next().map_err(fault)?;
            let filled = (about.bytesused as usize).min(buffer.len());
            let whole = !about.flags.contains(Flags::ERROR);
            let picture =
                if whole { self.picture(buffer.get(..filled).unwrap_or(&[]), format) } else { None };
            let Some(picture) = picture else {
                damaged += 1;
                if damaged > limits::CAMERA_DAMAGED_FRAMES_MAX {
                    return Err(self.bad_image("its frames are damaged"));
                }
                continue;
            };
            if settled >= CAMERA_SETTLE_FRAMES && bounds.is_due() {
                return Ok(picture);
            }
            settled += 1;
            watch(&picture);
        }
    }

    fn picture(&self, bytes: &[u8], format: &Format) -> Option<Vec<u8>> {
        if format.fourcc == YUYV {
            return pixels::jpeg_of_yuyv(bytes, format.width, format.height, format.stride as usize);
        }
        pixels::jpeg(bytes).map(<[u8]>::to_vec)
    }

    /// Waits in short steps until a frame is there.
    fn await_frame(&self, stream: &Stream<'_>, bounds: &Bounds) -> Result<(), Fault> {
        let patience = bounds.shorten(Duration::from_millis(CAMERA_FRAME_TIMEOUT_MS));
        loop {
            bounds.check()?;
            if patience.check().is_err() {
                let detail = "it sends no pictures".into();
                return Err(Fault::Broken { device: self.options.id.clone(), detail });
            }
            match stream.handle().poll(READABLE, DEVICE_STEP_MS as i32) {
                Ok(0) => {}
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.fault(&error)),
            }
        }
    }
}

const YUYV: FourCC = FourCC { repr: *b"YUYV" };
/// `POLLIN`.
const READABLE: i16 = 1;
/// `ENODEV`.
const NO_DEVICE: i32 = 19;

impl Camera for V4l2Camera {
    fn describe(&self) -> DeviceDescription {
        self.description.clone()
    }

    fn open(&mut self, bounds: &Bounds) -> Result<(), Fault> {
        bounds.check()?;
        let path = self.path().ok_or_else(|| self.missing())?;
        let device = Device::with_path(&path).map_err(|error| self.fault(&error))?;
        let caps = device.query_caps().map_err(|error| self.fault(&error))?;
        self.agree(&device)?;
        let (major, minor, patch) = caps.version;
        self.description.make = caps.driver;
        self.description.model = caps.card;
        self.description.serial = caps.bus;
        self.description.driver =
            format!("v4l2 {} (kernel {major}.{minor}.{patch})", env!("CARGO_PKG_VERSION"));
        self.device = Some(device);
        Ok(())
    }

    fn capture(&mut self, bounds: &Bounds, watch: &mut dyn FnMut(&[u8])) -> Result<Portrait, Fault> {
        let device = self.device.as_ref().ok_or_else(|| Fault::Closed { device: self.options.id.clone() })?;
        let format = self.agree(device)?;
        let jpeg = self.frames(device, &format, bounds, watch)?;
        let mut reader =
            image::ImageReader::with_format(std::io::Cursor::new(&jpeg), image::ImageFormat::Jpeg);
        reader.limits(limits::portrait_decoding());
        let (width, height) =
            reader.into_dimensions().map_err(|_| self.bad_image("its picture cannot be read"))?;
        Ok(Portrait { jpeg, width, height, device: self.describe() })
    }

    fn close(&mut self) {
        self.device = None;
    }

    fn health(&mut self) -> Health {
        match self.path() {
            Some(path) if path.exists() => Health::Ready,
            _ => Health::Missing(self.missing().to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::CancelToken;

    #[test]
    fn a_camera_that_is_not_there_is_missing_and_a_closed_one_is_dark() {
        let options = CameraOptions { path: Some("/dev/video-none".into()), ..CameraOptions::first("face") };
        let mut camera = V4l2Camera::new(options);
        let bounds = Bounds::within(Duration::from_secs(5), CancelToken::default());
        assert_eq!(camera.open(&bounds).err().map(|fault| fault.code()), Some("C-0201"));
        assert!(matches!(camera.health(), Health::Missing(_)));
        let fault = camera.capture(&bounds, &mut |_| ()).err();
        assert_eq!(fault.map(|fault| fault.code()), Some("C-0211"));
    }

    #[test]
    fn looking_works_on_a_host_with_and_without_cameras() {
        eprintln!("{} cameras are connected", look().len());
    }
}
