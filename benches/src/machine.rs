//! What the figures were taken on: enough to judge them, nothing that names the machine.

use serde::Serialize;

/// Facts of the machine and of this build.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Machine {
    /// Processors this process may use.
    pub cores: usize,
    /// Memory of the machine in mebibytes, where the system tells.
    pub memory_mib: Option<u64>,
    /// Processor architecture.
    pub architecture: &'static str,
    /// Runnable tasks on average over the last minute when the facts were taken, this race's own included. More than
    /// cores means that somebody else was working.
    pub load_1_min: Option<f64>,
    /// Whether this was an optimised build.
    pub optimised: bool,
}

impl Machine {
    /// The facts as they are now.
    #[must_use]
    pub fn now() -> Self {
        let read = |file| std::fs::read_to_string(file).unwrap_or_default();
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mib: memory_mib(&read("/proc/meminfo")),
            architecture: std::env::consts::ARCH,
            load_1_min: read("/proc/loadavg").split_whitespace().next().and_then(|load| load.parse().ok()),
            optimised: !cfg!(debug_assertions),
        }
    }

    /// The facts in one line.
    #[must_use]
    pub fn words(&self) -> String {
        let memory = self
            .memory_mib
            .map_or("memory unknown".to_owned(), |mib| format!("{:.0} GiB of memory", mib as f64 / 1024.0));
        let load =
            self.load_1_min.map_or(String::new(), |load| format!(", load {load:.1} over the last minute"));
        let build = if self.optimised { "" } else { ", NOT an optimised build" };
        format!("{} cores, {memory}, {}{load}{build}", self.cores, self.architecture)
    }
}

fn memory_mib(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read() {
        assert_eq!(memory_mib("MemFree: 1 kB\nMemTotal:        2097152 kB\n"), Some(2048));
        assert_eq!(memory_mib("MemTotal: much\n"), None);
        assert_eq!(memory_mib(""), None);
    }

    #[test]
    fn words_say_what_to_distrust() {
        let machine = Machine {
            cores: 2,
            memory_mib: Some(24_105),
            architecture: "x86_64",
            load_1_min: Some(4.29),
            optimised: false,
        };
        assert_eq!(
            machine.words(),
            "2 cores, 24 GiB of memory, x86_64, load 4.3 over the last minute, NOT an optimised build"
        );
        let quiet = Machine { memory_mib: None, load_1_min: None, optimised: true, ..machine };
        assert_eq!(quiet.words(), "2 cores, memory unknown, x86_64");
    }
}
