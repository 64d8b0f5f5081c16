//! A terminal of a test's own: what the binary prints to one, which differs from what it prints to a pipe.
//! No other process gets hold of it: it would not end before that process does.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// A terminal: the side of who looks at it, and the side of the commands that run on it.
pub(crate) fn pty() -> (OwnedFd, OwnedFd) {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let screen = openpt(flags).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let side = ioctl_tiocgptpeer(&screen, flags).unwrap();
    (screen, side)
}

/// Runs `command` with output and errors on a terminal of so many columns; its exit code, and all that it
/// printed with line ends as in files.
pub(crate) fn on_terminal(command: &mut Command, columns: u16) -> (Option<i32>, String) {
    let (screen, side) = pty();
    let size = Winsize {
        ws_row: 24,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&screen, size).unwrap();
    command.stdout(Stdio::from(side.try_clone().unwrap()));
    command.stderr(Stdio::from(side));
    let mut child = command.spawn().unwrap();
    // The command holds the other side of the terminal too, and the screen ends when nobody does.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut printed = Vec::new();
    let mut screen = File::from(screen);
    let mut buffer = [0; 4096];
    // The end of a terminal is an error, EIO.
    while let Ok(read @ 1..) = screen.read(&mut buffer) {
        printed.extend_from_slice(&buffer[..read]);
    }
    let code = child.wait().unwrap().code();
    let text = String::from_utf8_lossy(&printed).replace("\r\n", "\n");
    (code, text)
}
