//! The real program, killed without warning in the middle of a case.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::fixture::{Script, TestSite};

/// The real program, running.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Program {
    pub(crate) fn start(site: &TestSite) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_capture"))
            .args(["run", "--config"])
            .arg(site.path("kiosk.toml"))
            .arg("--trust")
            .arg(site.path("site.pub"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let address = line.trim().trim_start_matches("screen: http://").trim_end_matches('/');
        Self { address: address.parse().expect("an address"), child }
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM, as the service manager does.
    pub(crate) fn ask_to_end(&self) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, rustix::process::Signal::TERM).expect("it runs");
    }

    /// How it ended; `None` when it still runs after `time`.
    pub(crate) async fn ended(&mut self, time: Duration) -> Option<ExitStatus> {
        let looks = async {
            loop {
                if let Some(status) = self.child.try_wait().expect("its state") {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(time, looks).await.ok()
    }

    /// SIGKILL: nothing is flushed, nothing is said.
    pub(crate) fn kill(self) {
        drop(self);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A test that panics must not leave a program behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_the_officer_is_back_in_the_case_with_every_accepted_attempt() {
    let site = TestSite::new();
    let program = Program::start(&site);
    let script = Script::sign_in(program.address).await;
    let case = script.open_case().await;
    script.person(&case, "30", &[("age_certain", "yes"), ("accompanied", "no")]).await;
    let informed = [("material", "general"), ("language", "en"), ("mode", "screen")];
    script.post(&format!("{case}/gates/information"), &informed).await;
    script.post(&format!("{case}/capture"), &[("step", "right-four")]).await;
    script.until(&case, "review").await;
    let accept = [("step", "right-four"), ("reason", "test")];
    let (status, state) = script.post(&format!("{case}/accept"), &accept).await;
    assert_eq!(status, 200, "{state}");
    let best = state["steps"][0]["best"].clone();
    assert_eq!(best.as_array().map(Vec::len), Some(4), "{state}");
    // Killed with the sensor live.
    script.post(&format!("{case}/capture"), &[("step", "left-four")]).await;
    program.kill();

    let program = Program::start(&site);
    let script = Script::sign_in(program.address).await;
    let state = script.get(&case).await;
    assert_eq!(
        (state["phase"].as_str(), state["step"].as_str()),
        (Some("capture"), Some("left-four")),
        "{state}"
    );
    assert_eq!(state["steps"][0]["best"], best, "the same attempts are the best ones");
    let (status, picture) = script.bytes(&format!("{case}/attempts/1.png")).await;
    assert!(status == 200 && picture.starts_with(b"\x89PNG"), "its image is there");
    script.post(&format!("{case}/capture"), &[("step", "left-four")]).await;
    script.until(&case, "review").await;
    program.kill();
}
