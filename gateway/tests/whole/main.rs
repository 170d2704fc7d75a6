//! The gateway as its partners meet it: real TLS, real files, real processes. One binary, because linking is what
//! takes the time.

mod carried;
mod central;
mod hostile;
mod link;
mod restart;
mod revocation;
mod rights;
mod sample;
mod site;
mod start;
mod storage;
mod uploads;
mod watch;
