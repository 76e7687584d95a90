//! Spans around handlers, and none around preflights.

use std::{
    mem,
    sync::{Arc, Mutex},
};

use actix_web::{App, test};
use cors_actix_browser::{Browser, Fetch};
use cors_actix_examples::recipes::instrumented;
use tracing::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
    subscriber,
};

use crate::{APP, EVIL};

/// Records the names of spans, with the names of their fields.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<String>>>);

impl Spans {
    fn take(&self) -> Vec<String> {
        mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("cors_actix_examples")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let fields: Vec<_> = span.metadata().fields().iter().map(|field| field.name()).collect();
        let name = format!("{}({})", span.metadata().name(), fields.join(", "));
        self.0.lock().unwrap().push(name);
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, _event: &Event<'_>) {}

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

#[actix_web::test]
async fn the_span_is_around_the_handler_and_not_around_a_preflight() {
    let spans = Spans::default();
    let _recording = subscriber::set_default(spans.clone());
    let api = test::init_service(App::new().configure(instrumented::configure)).await;
    let rename = || Fetch::put("/items/7").json("tea");
    let seen = Browser::at(APP).fetch(&api, rename()).await;
    seen.assert_status(200);
    assert!(seen.preflighted());
    assert_eq!(seen.text(), "item 7 is tea");
    assert_eq!(spans.take(), ["rename(id)"]);

    let seen = Browser::at(EVIL).fetch(&api, rename()).await;
    seen.assert_blocked();
    assert_eq!(seen.exchanges().len(), 1);
    assert_eq!(spans.take(), [""; 0]);
}

#[actix_web::test]
async fn the_attribute_works_above_and_in_a_module() {
    let spans = Spans::default();
    let _recording = subscriber::set_default(spans.clone());
    let api = test::init_service(App::new().configure(instrumented::configure)).await;
    for (path, span) in [("/above", "above()"), ("/reports", "reports()")] {
        Browser::at(APP).fetch(&api, path).await.assert_status(200);
        assert_eq!(spans.take(), [span]);
        Browser::at(EVIL).fetch(&api, path).await.assert_blocked();
        assert_eq!(spans.take(), [span]);
    }
}
