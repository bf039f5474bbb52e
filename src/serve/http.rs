//! Turns sockets into requests, and answers into bytes: HTTP/1.1 for reading only, with a bound on everything.
//!
//! No request here has a body and every answer knows its length (but for the event stream, which ends its connection),
//! so a loop over one buffer is all the protocol there is. What remains are the deadlines, which a server library leaves
//! to its user: a head within [`HEAD_TIME`], an idle connection for [`IDLE_TIME`], a write within [`WRITE_TIME`].

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::answer::Answer;
use super::request::{Refusal, Request, parse};
use super::{Server, events};

/// The longest head of a request.
const HEAD: usize = 16 << 10;
const HEAD_TIME: Duration = Duration::from_secs(5);
const IDLE_TIME: Duration = Duration::from_secs(30);
const WRITE_TIME: Duration = Duration::from_secs(10);
/// How long a client that is cut may go on sending before its answer is lost to it.
const LINGER: Duration = Duration::from_secs(1);
/// The most connections at a time.
const CONNECTIONS: usize = 2_000;
/// How many may wait to be accepted.
const BACKLOG: u32 = 1_024;
/// Sockets and some files.
#[cfg(unix)]
const OPEN_FILES: u64 = CONNECTIONS as u64 + 200;
/// How many ports are tried when one is taken.
const PORTS: u16 = 100;
/// Pages that are made at a time; the rest wait.
const WORKERS: usize = 8;
/// What is written before the deadline starts again.
const PIECE: usize = 64 << 10;

/// A port that is taken, before anything is answered there.
pub(super) struct Port {
    runtime: Runtime,
    listener: TcpListener,
    pub address: SocketAddr,
}

impl Port {
    /// Takes a port, or the next free one.
    ///
    /// # Errors
    /// What the system says of the first.
    pub fn take(host: IpAddr, port: u16) -> io::Result<Self> {
        allow_connections();
        let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(WORKERS).build()?;
        let listener = {
            let _inside = runtime.enter();
            match listen(host, port) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    let next = (1..=PORTS).filter_map(|more| port.checked_add(more));
                    next.map(|port| listen(host, port)).find_map(Result::ok).ok_or(error)?
                }
                first => first?,
            }
        };
        let address = listener.local_addr()?;
        Ok(Self { runtime, listener, address })
    }

    /// Answers requests from now on, on a thread of its own.
    ///
    /// # Errors
    /// What the system says when there is no thread.
    pub fn answer(self, server: Arc<Server>) -> io::Result<()> {
        let Self { runtime, listener, .. } = self;
        thread::Builder::new().name("http".to_owned()).spawn(move || runtime.block_on(accept(listener, &server)))?;
        Ok(())
    }
}

fn listen(host: IpAddr, port: u16) -> io::Result<TcpListener> {
    let socket = if host.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A port that an ended preview has just left is free; on Windows the option would share one with another program.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::new(host, port))?;
    socket.listen(BACKLOG)
}

async fn accept(listener: TcpListener, server: &Arc<Server>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // No more files may be opened: connections that end make room.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        // Beyond the limit a connection is closed rather than left to wait behind those that may never end.
        if let Ok(place) = places.clone().try_acquire_owned() {
            let server = server.clone();
            tokio::spawn(async move {
                // A client that has gone needs no word.
                let _ = connection(stream, &server).await;
                drop(place);
            });
        }
    }
}

async fn connection(mut stream: TcpStream, server: &Arc<Server>) -> io::Result<()> {
    let local = stream.local_addr()?.ip().to_canonical();
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    let mut patience = HEAD_TIME;
    loop {
        let (request, length) = match head(&mut stream, &mut buffer, patience).await? {
            Head::Request(request, length) => (request, length),
            Head::Refused(refusal) => return close(stream, refusal).await,
            Head::End => return Ok(()),
        };
        buffer.drain(..length);
        if let Some(refusal) = request.refusal(&server.hosts, local) {
            return close(stream, refusal).await;
        }
        let (keep, head_only) = (request.keep, request.head_only);
        if server.is_events(&request) && !head_only {
            return match events::Stream::open(server, &request) {
                Ok(events) => events.run(stream).await,
                Err(refusal) => close(stream, refusal).await,
            };
        }
        let answer = made(server, request).await;
        write(&mut stream, &answer, keep, head_only).await?;
        if !keep {
            return linger(stream).await;
        }
        patience = IDLE_TIME;
        if buffer.is_empty() {
            buffer = Vec::new();
        }
    }
}

/// Makes an answer on a thread that may take its time, so that one slow page does not hold up the others.
async fn made(server: &Arc<Server>, request: Box<Request>) -> Answer {
    let newest = server.newest().await;
    let server = server.clone();
    let made = tokio::task::spawn_blocking(move || super::answer::answer(&server, &newest, &request)).await;
    made.unwrap_or_else(|_| Answer::text(500, "this page could not be made; the terminal says why"))
}

enum Head {
    Request(Box<Request>, usize),
    Refused(Refusal),
    End,
}

/// Reads until a request is whole.
async fn head(stream: &mut TcpStream, buffer: &mut Vec<u8>, patience: Duration) -> io::Result<Head> {
    if buffer.is_empty() && !matches!(timeout(patience, stream.read_buf(buffer)).await, Ok(Ok(1..))) {
        return Ok(Head::End);
    }
    let deadline = Instant::now() + HEAD_TIME;
    loop {
        match parse(buffer) {
            Ok(Some((request, length))) if length <= HEAD => return Ok(Head::Request(Box::new(request), length)),
            Err(refusal) => return Ok(Head::Refused(refusal)),
            _ if buffer.len() > HEAD => return Ok(Head::Refused(Refusal(431, "the head of this request is too long"))),
            _ => {}
        }
        match timeout_at(deadline, stream.read_buf(buffer)).await {
            Ok(Ok(1..)) => {}
            _ => return Ok(Head::End),
        }
    }
}

async fn close(mut stream: TcpStream, refusal: Refusal) -> io::Result<()> {
    write(&mut stream, &Answer::from(refusal), false, false).await?;
    linger(stream).await
}

/// Ends a connection so that the answer arrives also where the client was still sending.
async fn linger(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut rest = [0; 4096];
    let _ = timeout(LINGER, async { while matches!(stream.read(&mut rest).await, Ok(1..)) {} }).await;
    Ok(())
}

async fn write(stream: &mut TcpStream, answer: &Answer, keep: bool, head_only: bool) -> io::Result<()> {
    let length =
        if answer.status == 304 { String::new() } else { format!("Content-Length: {}\r\n", answer.range.len()) };
    let connection = if keep { "" } else { "Connection: close\r\n" };
    let headers: String = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("HTTP/1.1 {} {}\r\n{headers}{length}{connection}\r\n", answer.status, reason(answer.status));
    let body = if head_only { &[][..] } else { &answer.body[answer.range.clone()] };
    send(stream, head.as_bytes()).await?;
    for piece in body.chunks(PIECE) {
        send(stream, piece).await?;
    }
    Ok(())
}

/// Writes within the deadline.
pub(super) async fn send(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    timeout(WRITE_TIME, stream.write_all(bytes)).await?
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        302 => "Found",
        304 => "Not Modified",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        416 => "Range Not Satisfiable",
        421 => "Misdirected Request",
        431 => "Request Header Fields Too Large",
        505 => "HTTP Version Not Supported",
        _ => "Internal Server Error",
    }
}

/// Asks the system for as many open files as there may be connections.
#[cfg(unix)]
fn allow_connections() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.map_or(OPEN_FILES, |maximum| maximum.min(OPEN_FILES));
    if current.is_some_and(|current| current < wanted) {
        // Without it fewer connections are accepted at a time.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
    }
}

#[cfg(not(unix))]
fn allow_connections() {}
