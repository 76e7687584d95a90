//! Tests of the checks: they find an app that allows more than the truth, and accept a correct app.

use std::{collections::BTreeSet, rc::Rc};

use fastrand::Rng;

use crate::{
    check::{Fault, Question, Session},
    generate,
    handlers::HANDLERS,
    policies::Kind,
    requests::Target,
    tally::Tally,
    tree::{Layer, Node, Tree, Wrap},
};

/// Returns the faults of an app with one route below a layer of policy `made_of`, if the truth is the policy
/// `kind`.
async fn faults(kind: Kind, made_of: Kind) -> BTreeSet<Fault> {
    let layer =
        Layer { kind, made_of, overrides: Vec::new(), is_authoritative: false, has_handle: false };
    let tree = Tree {
        wraps: vec![Wrap::Cors(Rc::new(layer))],
        has_default: false,
        is_alone: false,
        nodes: vec![Node::Route { path: "/me", method: "PUT", guard: None }],
    };
    let mut session = Session::start(&tree).await;
    let mut found = BTreeSet::new();
    for header in Kind::ALL.map(Kind::header) {
        let target = Target { host: "x.test", path: "/me".to_owned() };
        let question = Question { target, method: "PUT", header };
        let violations = session.ask(&question, &mut Tally::default()).await;
        found.extend(violations.into_iter().map(|violation| violation.fault));
    }
    found
}

#[actix_web::test]
async fn an_annotated_route_alone_has_no_fault() {
    let mut tally = Tally::default();
    for (seed, handler) in (0..).zip(HANDLERS) {
        let tree = Tree { nodes: vec![Node::Annotated(handler)], ..Tree::default() };
        let mut session = Session::start(&tree).await;
        let mut rng = Rng::with_seed(seed);
        for header in Kind::ALL.map(Kind::header) {
            let target = generate::target(&mut rng, &tree);
            let question = Question { target, method: handler.methods[0], header };
            let violations = session.ask(&question, &mut tally).await;
            assert!(violations.is_empty(), "{tree}\n{question}: {violations:?}");
        }
    }
    assert!(tally.demanded > 2 * HANDLERS.len(), "{tally:?}");
}

#[actix_web::test]
async fn a_layer_with_the_right_policy_has_no_fault() {
    for kind in Kind::ALL {
        assert_eq!(faults(kind, kind).await, BTreeSet::new(), "{kind:?}");
    }
}

#[actix_web::test]
async fn a_layer_that_allows_more_than_the_truth_is_found() {
    for (kind, made_of) in [
        (Kind::Closed, Kind::Open),
        (Kind::Closed, Kind::Friends),
        (Kind::Closed, Kind::Partners),
        (Kind::Friends, Kind::Open),
        (Kind::Friends, Kind::Partners),
        (Kind::Partners, Kind::Open),
        (Kind::Partners, Kind::Friends),
        (Kind::Open, Kind::Partners),
    ] {
        let found = faults(kind, made_of).await;
        let expected = [Fault::GrantsBeyondTruth, Fault::SendsBeyondTruth];
        assert!(expected.iter().all(|fault| found.contains(fault)), "{kind:?}: {found:?}");
    }
}

#[actix_web::test]
async fn a_layer_whose_responses_lack_vary_is_found() {
    let found = faults(Kind::Friends, Kind::Open).await;
    assert!(found.contains(&Fault::LacksVary), "{found:?}");
}

#[actix_web::test]
async fn a_layer_that_does_not_enforce_its_policy_is_found() {
    let found = faults(Kind::Friends, Kind::Open).await;
    assert!(found.contains(&Fault::RunsDespiteEnforce), "{found:?}");
}
