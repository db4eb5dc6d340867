//! `vigie serve`

use std::fs;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};
use vigie_app::app::App;
use vigie_app::run_node;

use crate::cli::data::Data;
use crate::cli::{exit, log};
use crate::config::ListenConfig;
use crate::web;
use crate::web::listen::{Identity, Listener, Transport};

/// Serve a node: TAXII, pages, allies, telemetry
///
/// Prints `listening on URL` to standard error once it is ready, and stops cleanly on SIGTERM and Ctrl-C.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Serve without TLS, on a loopback address only
    #[arg(long, conflicts_with_all = ["tls_cert", "tls_key"])]
    plain_http: bool,
    /// A PEM certificate chain instead of the node's own certificate
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The PEM private key of `--tls-cert`
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A log to follow, beside those of the configuration; may be repeated
    #[arg(long = "telemetry", value_name = "FILE")]
    telemetry: Vec<PathBuf>,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut config = args.data.config()?;
    config.telemetry.files.extend(args.telemetry);
    config.listen = ListenConfig {
        address: args.listen.unwrap_or(config.listen.address),
        plain_http: args.plain_http || config.listen.plain_http,
        tls_cert: args.tls_cert.or(config.listen.tls_cert),
        tls_key: args.tls_key.or(config.listen.tls_key),
    };
    log::start(&config.log);
    let app = App::open(config.settings(&args.data.data))?;
    let address = resolve(&config.listen.address)?;
    let listener = Listener::bind(address, transport(&app, &config.listen)?).await?;

    let work = run_node::start(&app).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    announce(&listener.url());
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    web::serve(app, listener, config.options(), shutdown).await;
    work.stop().await;
    tracing::info!("stopped");
    Ok(ExitCode::from(exit::CLEAN))
}

/// The line that programs wait for; it is no log line, whatever the log's level and format.
#[expect(clippy::print_stderr, reason = "the measuring contract names this line")]
fn announce(url: &str) {
    eprintln!("listening on {url}");
}

fn resolve(address: &str) -> anyhow::Result<SocketAddr> {
    let mut found =
        address.to_socket_addrs().with_context(|| format!("`{address}` is no address to listen on"))?;
    found.next().with_context(|| format!("`{address}` stands for no address"))
}

fn transport(app: &App, listen: &ListenConfig) -> anyhow::Result<Transport> {
    if listen.plain_http {
        return Ok(Transport::Plain);
    }
    let node = app.node();
    let identity = match (&listen.tls_cert, &listen.tls_key) {
        (Some(certificate), Some(key)) => {
            let read = |it: &PathBuf| fs::read(it).with_context(|| format!("cannot read `{}`", it.display()));
            Identity::from_pem(&read(certificate)?, &read(key)?)?
        }
        (None, None) => Identity::from_pem(node.certificate.as_bytes(), node.key.as_bytes())?,
        _ => anyhow::bail!("`tls_cert` and `tls_key` of [listen] belong together; give both or neither"),
    };
    Ok(Transport::Tls(identity))
}
