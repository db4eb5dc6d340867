//! The story itself, with what is measured on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Serialize;
use vigie_app::overview;
use vigie_app::publish_indicator::{self, Draft};
use vigie_app::{export_intel, ingest_intel, revoke_object, set_member};
use vigie_model::alert::Alert;
use vigie_model::label::{Clause, Party, Tlp};
use vigie_model::member::Membership;
use vigie_policy::Released;
use vigie_stix::id::StixId;

use super::nation::Nation;
use super::sensor::{ATTACKER, SECOND};
use super::tell::Teller;

/// How long the story waits for anything.
const PATIENCE: Duration = Duration::from_secs(15);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(2);
/// How long a silence must last to be believed.
const SILENCE: Duration = Duration::from_millis(1_500);

/// What was measured. The names are part of the measuring contract.
#[derive(Debug, Serialize)]
pub(super) struct Measured {
    nations: usize,
    published_by: &'static str,
    label: String,
    /// From the publication to the first alert, for each ally that was told.
    publish_to_detect_ms: BTreeMap<&'static str, f64>,
    /// From the publication to the sighting's arrival at the publisher.
    publish_to_sighting_ms: BTreeMap<&'static str, f64>,
    sightings: usize,
    /// How often the store of the nation that was not told holds the first indicator's id, anywhere in its bytes.
    unreleased_received: usize,
    /// How often the suspended member's store holds the id of what was published while it was suspended.
    suspended_received: usize,
    /// Versions of it that the member has once it is readmitted.
    readmitted_received: usize,
    /// From the revocation until every ally had stopped matching.
    revoke_to_silence_ms: BTreeMap<&'static str, f64>,
    /// Alerts on the revoked indicator after that.
    alerts_after_revocation: usize,
}

impl Measured {
    /// Whether the story went as it is told.
    pub(super) fn as_told(&self) -> bool {
        self.publish_to_detect_ms.len() == 3
            && self.sightings == 3
            && self.unreleased_received == 0
            && self.suspended_received == 0
            && self.readmitted_received > 0
            && self.alerts_after_revocation == 0
    }
}

/// Plays it.
pub(super) async fn play(nations: &mut [Nation], teller: &Teller) -> anyhow::Result<Measured> {
    let [morocco, allies @ .., bahrain] = &*nations else { bail!("the story needs five nations") };
    teller.chapter("Morocco's sensor sees an attack");
    let seen = see(morocco, teller).await?;

    teller.chapter("Morocco's analyst publishes, for three allies only");
    let draft = draft("Cold Harbour command server", &seen, Tlp::AmberStrict, allies);
    let (id, published) = publish(morocco, draft, teller).await?;
    let label = label_of(morocco, &id).await?;
    let (mut detect, mut sighted) = (BTreeMap::new(), BTreeMap::new());
    for ally in allies {
        let alert = wait_for_alert(ally, &id).await?;
        let took = millis(alert.noticed - published);
        teller.event(
            ally.name,
            &format!("detects {seen} in its own telemetry, {took:.0} ms after publication"),
        );
        detect.insert(ally.code, took);
    }
    for ally in allies {
        let received = wait_for_sighting(morocco, &id, ally).await?;
        let took = millis(received - published);
        teller.event(ally.name, &format!("has sighted it back; Morocco knows after {took:.0} ms"));
        sighted.insert(ally.code, took);
    }

    teller.chapter("Bahrain was not named, and never learns that it exists");
    let unreleased = bahrain.mentions(&id)?;
    teller.event(
        bahrain.name,
        &format!("its store mentions it {unreleased} times, in no object, label or index"),
    );

    let (suspended, readmitted) = suspend_and_readmit(nations, teller).await?;
    let (silence, after) = revoke(nations, &id, teller).await?;
    Ok(Measured {
        nations: nations.len(),
        published_by: "MA",
        label,
        publish_to_detect_ms: detect,
        sightings: sighted.len(),
        publish_to_sighting_ms: sighted,
        unreleased_received: unreleased,
        suspended_received: suspended,
        readmitted_received: readmitted,
        revoke_to_silence_ms: silence,
        alerts_after_revocation: after,
    })
}

/// The analyst's own hypothesis fires in the nation's own log; what it caught names the attacker.
async fn see(morocco: &Nation, teller: &Teller) -> anyhow::Result<String> {
    let hunch = serde_json::json!({
        "type": "indicator",
        "spec_version": "2.1",
        "id": "indicator--5f1d3a52-9c0e-4a53-8b11-0d6c2f6e7a10",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": "Staging authority of the Cold Harbour crew",
        "pattern": format!("[x509-certificate:issuer LIKE '%Cold Harbour%' AND x509-certificate:subject LIKE '%{ATTACKER}']"),
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
    });
    let drafts = vigie_app::add_collection::run(&morocco.app, "Hypotheses", None, None).await?;
    ingest_intel::run(&morocco.app, &morocco.home, drafts, hunch.to_string().into_bytes()).await?;
    let id: StixId = "indicator--5f1d3a52-9c0e-4a53-8b11-0d6c2f6e7a10".parse()?;
    let alert = wait_for_alert(morocco, &id).await?;
    let name = alert
        .hit
        .event
        .pointer("/tls/sni")
        .and_then(|it| it.as_str())
        .context("the alert names no server")?;
    let line = alert.hit.source.line;
    teller.event(
        morocco.name,
        &format!("a hypothesis of its analyst, kept to itself, fires on line {line} of its log"),
    );
    teller.event(morocco.name, &format!("the implant calls {name}"));
    Ok(name.to_owned())
}

fn draft(name: &str, domain: &str, tlp: Tlp, allies: &[Nation]) -> Draft {
    let parties: BTreeSet<Party> =
        allies.iter().filter_map(|it| it.code.parse().ok()).map(Party::Country).collect();
    Draft {
        name: name.to_owned(),
        description: None,
        pattern: format!("[domain-name:value = '{domain}']"),
        tlp,
        audience: Some(Clause { any_of: parties, except: BTreeSet::new() }),
    }
}

async fn publish(by: &Nation, draft: Draft, teller: &Teller) -> anyhow::Result<(StixId, i64)> {
    let before = now();
    let pattern = draft.pattern.clone();
    let id = publish_indicator::run(&by.app, &by.home, draft).await?;
    teller.event(by.name, &format!("publishes {pattern}, {}", label_of(by, &id).await?));
    Ok((id, before))
}

async fn label_of(nation: &Nation, id: &StixId) -> anyhow::Result<String> {
    let label = overview::label_of(&nation.app, &nation.home, id).await?;
    Ok(label.context("the published indicator is not in the store")?.to_string())
}

/// The United States are suspended at every ally; a second indicator does not reach them; readmitted, they catch up.
async fn suspend_and_readmit(nations: &[Nation], teller: &Teller) -> anyhow::Result<(usize, usize)> {
    let [morocco, israel, emirates, states, _] = nations else { bail!("the story needs five nations") };
    teller.chapter("A drill: the United States are suspended by every ally");
    let others = || nations.iter().filter(|it| it.code != states.code);
    for nation in others() {
        set_member::set_state(&nation.app, states.code, Membership::Suspended).await?;
    }
    let told = [israel, emirates].map(|it| it.code.parse().map(Party::Country));
    let mut any_of: BTreeSet<Party> = told.into_iter().collect::<Result<_, _>>()?;
    any_of.insert(Party::Country(states.code.parse()?));
    let mut second = draft("Grey Lantern delivery server", SECOND, Tlp::AmberStrict, &[]);
    second.audience = Some(Clause { any_of, except: BTreeSet::new() });
    let (id, _) = publish(morocco, second, teller).await?;
    for ally in [israel, emirates] {
        wait_for_alert(ally, &id).await?;
        teller.event(ally.name, "detects it");
    }
    tokio::time::sleep(SILENCE).await;
    let suspended = states.mentions(&id)?;
    teller.event(
        states.name,
        &format!("is named in the label, is suspended, and its store mentions it {suspended} times"),
    );

    for nation in others() {
        set_member::set_state(&nation.app, states.code, Membership::Active).await?;
    }
    wait_for_alert(states, &id).await?;
    let readmitted = export_intel::versions(&states.app, &states.home, &id).await?.len();
    teller.event(states.name, "is readmitted, catches up, and detects it");
    Ok((suspended, readmitted))
}

async fn revoke(
    nations: &[Nation],
    id: &StixId,
    teller: &Teller,
) -> anyhow::Result<(BTreeMap<&'static str, f64>, usize)> {
    let [morocco, allies @ .., _] = nations else { bail!("the story needs five nations") };
    teller.chapter("Morocco revokes the indicator");
    let revoked = now();
    revoke_object::run(&morocco.app, &morocco.home, id).await?;
    for ally in allies {
        wait_until(|| async { Ok(overview::is_revoked(&ally.app, &ally.home, id).await?.then_some(())) })
            .await?;
    }
    tokio::time::sleep(SILENCE).await;
    let mut silence = BTreeMap::new();
    let mut last = BTreeMap::new();
    for ally in allies {
        let alert = latest_alert(ally, id).await?.context("an ally has no alert")?;
        let took = millis(alert.noticed - revoked).max(0.0);
        teller.event(
            ally.name,
            &format!("its last alert was {took:.0} ms after the revocation, and none since"),
        );
        silence.insert(ally.code, took);
        last.insert(ally.code, alert.noticed);
    }
    tokio::time::sleep(SILENCE).await;
    let mut after = 0;
    for ally in allies {
        let alert = latest_alert(ally, id).await?.context("an ally has no alert")?;
        after += usize::from(Some(&alert.noticed) != last.get(ally.code));
    }
    Ok((silence, after))
}

async fn wait_for_alert(nation: &Nation, indicator: &StixId) -> anyhow::Result<Alert> {
    let look = || first_alert(nation, indicator);
    wait_until(look).await.with_context(|| format!("{} raised no alert on {indicator}", nation.name))
}

/// The first alert on an indicator: pages come newest first, so it is the last of all.
async fn first_alert(nation: &Nation, indicator: &StixId) -> anyhow::Result<Option<Alert>> {
    let (mut after, mut first) = (None, None);
    loop {
        let page = overview::alerts(&nation.app, &nation.home, Some(indicator), after, 1_000).await?;
        first = page.items.into_iter().last().map(Released::into_inner).or(first);
        after = page.next;
        if after.is_none() {
            return Ok(first);
        }
    }
}

async fn latest_alert(nation: &Nation, indicator: &StixId) -> anyhow::Result<Option<Alert>> {
    let page = overview::alerts(&nation.app, &nation.home, Some(indicator), None, 1).await?;
    Ok(page.items.into_iter().next().map(Released::into_inner))
}

/// When the sighting of an ally arrived, nanoseconds since 1970.
async fn wait_for_sighting(publisher: &Nation, indicator: &StixId, ally: &Nation) -> anyhow::Result<i64> {
    let member = ally.app.node().member;
    let look = || async {
        let sightings =
            overview::sightings(&publisher.app, &publisher.home, Some(indicator), None, 100).await?;
        Ok(sightings.items.iter().any(|it| it.get().member == member).then(now))
    };
    wait_until(look).await.with_context(|| format!("no sighting of {} came back", ally.name))
}

async fn wait_until<T, F, Fut>(look: F) -> anyhow::Result<T>
where
    F: Fn() -> Fut,
    Fut: Future<Output = anyhow::Result<Option<T>>>,
{
    for _ in 0..PATIENCE.as_millis() / LOOK.as_millis() {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        tokio::time::sleep(LOOK).await;
    }
    bail!("nothing within {PATIENCE:?}")
}

fn now() -> i64 {
    i64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX)
}

fn millis(nanos: i64) -> f64 {
    (nanos as f64 / 1e5).round() / 10.0
}
