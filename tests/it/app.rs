//! Stub: replaced on merge.

use std::time::Duration;

use demarche::{
    database::Database,
    graphql,
    http::{App, limits::Limits, serve::serve},
};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

pub(crate) struct TestApp {
    address: std::net::SocketAddr,
    shutdown: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::start_with(Limits::default()).await
    }

    pub(crate) async fn start_with(limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shutdown, stop) = watch::channel(false);
        let database = Database(sea_orm::Database::connect("sqlite::memory:").await.unwrap());
        let public_url = format!("http://{address}");
        let mut app = App::new(graphql::schema(), database, &public_url, stop.clone());
        app.limits = limits;
        let server = tokio::spawn(serve(listener, app, stop));
        Self {
            address,
            shutdown,
            server,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn ws_url(&self) -> String {
        format!("ws://{}/graphql/ws", self.address)
    }

    /// Tells the server to stop; the future ends when it has.
    pub(crate) fn stop(self) -> impl Future<Output = ()> {
        self.shutdown.send(true).unwrap();
        async move {
            tokio::time::timeout(Duration::from_secs(10), self.server)
                .await
                .unwrap()
                .unwrap()
                .unwrap();
        }
    }
}
