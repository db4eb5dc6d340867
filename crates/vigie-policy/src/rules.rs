//! The policies as Cedar files, and Cedar's judgement on one question.
//!
//! Each file in `policies/` holds one policy with two annotations: `@id`, its name and that of the file, and
//! `@reason`, the sentence that people are told. A permit must apply and no forbid may; the default is to withhold.

use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, ContextJsonError, Decision as CedarDecision, Entities, EntityUid, ParseErrors,
    Policy as CedarPolicy, PolicyId, PolicySet, PolicySetError, Request, RequestValidationError, Response,
    Schema, ValidationMode, Validator,
};
use serde_json::json;
use vigie_model::label::Tlp;

use crate::decide::{Decision, Question, Reason, Withheld};
use crate::viewer::{Action, Role};

const SCHEMA: &str = include_str!("../policies/schema.cedarschema");

macro_rules! files {
    ($($name:literal)+) => {
        &[$(($name, include_str!(concat!("../policies/", $name, ".cedar")))),+]
    };
}

/// Name and text of every policy: first what opens, then what closes.
const POLICIES: &[(&str, &str)] = files![
    "own" "contribute" "clear" "green" "amber" "amber-share" "amber-strict" "red"
    "membership" "impersonation" "unmarked" "red-audience" "unnamed" "excepted" "purpose" "expired"
];

/// Why the policies cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The schema is not valid.
    #[error("the schema of the policies is not valid: {0}")]
    Schema(String),
    /// A file is no policy.
    #[error("the policy `{policy}` cannot be read: {why}")]
    Syntax {
        /// The file's name.
        policy: String,
        /// What Cedar says.
        why: String,
    },
    /// A policy without its annotations.
    #[error("the policy `{policy}` needs the annotations `@id(\"{policy}\")` and `@reason(\"…\")`")]
    Annotation {
        /// The file's name.
        policy: String,
    },
    /// Two policies of one name.
    #[error("the policy `{policy}` cannot be added: {why}")]
    Set {
        /// The file's name.
        policy: String,
        /// What Cedar says.
        why: Box<PolicySetError>,
    },
    /// A policy that speaks of what the schema does not know, or that can never apply.
    #[error("the policies do not fit their schema: {0}")]
    Validation(String),
}

/// Why Cedar could not be asked. It cannot happen with policies that passed validation; if it does, we withhold.
#[derive(Debug, thiserror::Error)]
enum CannotAsk {
    #[error(transparent)]
    Name(#[from] Box<ParseErrors>),
    #[error(transparent)]
    Entities(#[from] Box<cedar_policy::entities_errors::EntitiesError>),
    #[error(transparent)]
    Context(#[from] Box<ContextJsonError>),
    #[error(transparent)]
    Request(#[from] Box<RequestValidationError>),
    #[error("{0}")]
    Evaluation(String),
}

/// The policies, checked.
#[derive(Debug)]
pub(crate) struct Rules {
    schema: Schema,
    policies: PolicySet,
}

impl Rules {
    pub(crate) fn load() -> Result<Self, PolicyError> {
        Self::read(SCHEMA, POLICIES)
    }

    fn read(schema: &str, files: &[(&str, &str)]) -> Result<Self, PolicyError> {
        let (schema, warnings) =
            Schema::from_cedarschema_str(schema).map_err(|it| PolicyError::Schema(it.to_string()))?;
        let warnings: Vec<String> = warnings.map(|it| it.to_string()).collect();
        if !warnings.is_empty() {
            return Err(PolicyError::Schema(warnings.join("; ")));
        }
        let mut policies = PolicySet::new();
        for (name, text) in files {
            let set = |why| PolicyError::Set { policy: (*name).to_owned(), why: Box::new(why) };
            policies.add(read_policy(name, text)?).map_err(set)?;
        }
        let result = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if !result.validation_passed_without_warnings() {
            return Err(PolicyError::Validation(result.to_string()));
        }
        Ok(Self { schema, policies })
    }

    /// Cedar's answer. An error of any policy withholds: a forbid that fails must not be passed over.
    pub(crate) fn judge(&self, question: Question) -> Decision {
        let response = match self.ask(question) {
            Ok(response) => response,
            Err(why) => return withhold("error", format!("the policies could not be evaluated: {why}")),
        };
        let mut reasons: Vec<Reason> = response.diagnostics().reason().map(|it| self.reason(it)).collect();
        reasons.sort();
        match response.decision() {
            CedarDecision::Allow => Decision::Release(reasons.into()),
            CedarDecision::Deny if reasons.is_empty() => withhold("default", nothing_permits(question)),
            CedarDecision::Deny => Decision::Withhold(Withheld::new(reasons)),
        }
    }

    fn ask(&self, question: Question) -> Result<Response, CannotAsk> {
        let uid = |text: String| EntityUid::from_str(&text).map_err(Box::new);
        let (viewer, label) = (uid("Viewer::\"viewer\"".to_owned())?, uid("Label::\"label\"".to_owned())?);
        let action = uid(format!("Action::\"{}\"", question.action.as_str()))?;
        let entities = Entities::from_json_value(entities(question), Some(&self.schema)).map_err(Box::new)?;
        let context =
            Context::from_json_value(facts(question), Some((&self.schema, &action))).map_err(Box::new)?;
        let request = Request::new(viewer, action, label, context, Some(&self.schema)).map_err(Box::new)?;
        let response = Authorizer::new().is_authorized(&request, &self.policies, &entities);
        let error = response.diagnostics().errors().next().map(ToString::to_string);
        error.map_or(Ok(response), |it| Err(CannotAsk::Evaluation(it)))
    }

    fn reason(&self, policy: &PolicyId) -> Reason {
        let sentence = self.policies.annotation(policy, "reason").unwrap_or_default();
        Reason { policy: policy.to_string(), sentence: sentence.to_owned() }
    }
}

/// Reads one file: one policy, named like the file, with a reason.
fn read_policy(name: &str, text: &str) -> Result<CedarPolicy, PolicyError> {
    let syntax = |why: ParseErrors| PolicyError::Syntax { policy: name.to_owned(), why: why.to_string() };
    let policy = CedarPolicy::parse(Some(PolicyId::new(name)), text).map_err(syntax)?;
    let has_reason = policy.annotation("reason").is_some_and(|it| !it.is_empty());
    if policy.annotation("id") != Some(name) || !has_reason {
        return Err(PolicyError::Annotation { policy: name.to_owned() });
    }
    Ok(policy)
}

fn entities(question: Question) -> serde_json::Value {
    let mut label = serde_json::Map::new();
    if let Some(light) = question.light {
        label.insert("light".to_owned(), json!({ "type": "Light", "id": light.as_str() }));
    }
    json!([
        {
            "uid": { "type": "Viewer", "id": "viewer" },
            "attrs": {
                "membership": { "type": "Membership", "id": question.membership.as_str() },
                "role": { "type": "Role", "id": question.role.as_str() },
            },
            "parents": [],
        },
        { "uid": { "type": "Label", "id": "label" }, "attrs": label, "parents": [] },
    ])
}

fn facts(question: Question) -> serde_json::Value {
    json!({
        "originator": question.originator,
        "limited": question.limited,
        "named": question.named,
        "excepted": question.excepted,
        "purpose": question.purpose,
        "expired": question.expired,
    })
}

fn withhold(policy: &str, sentence: String) -> Decision {
    Decision::Withhold(Withheld::new([Reason { policy: policy.to_owned(), sentence }]))
}

/// The sentence for an answer that no policy made: nothing forbids, and nothing permits.
fn nothing_permits(question: Question) -> String {
    let who = match question.role {
        Role::Organisation => "an organisation",
        Role::Client => "a client",
        Role::Public => "the public",
    };
    let does = match question.action {
        Action::Contribute => "bring in",
        Action::View => "view",
        Action::Detect => "detect with",
        Action::Share => "pass on",
    };
    let what = question.light.map_or_else(|| "what is unmarked".to_owned(), |it: Tlp| it.to_string());
    format!("no policy lets {who} {does} {what}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use vigie_model::member::Membership;

    use super::*;

    /// What an active client of another member asks about an open label.
    const QUESTION: Question = Question {
        action: Action::View,
        membership: Membership::Active,
        role: Role::Client,
        light: None,
        originator: false,
        limited: false,
        named: true,
        excepted: false,
        purpose: true,
        expired: false,
    };

    #[test]
    fn every_file_is_loaded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        let names = folder.read_dir().unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
        let files: BTreeSet<String> =
            names.filter_map(|it| it.strip_suffix(".cedar").map(str::to_owned)).collect();
        assert_eq!(files, POLICIES.iter().map(|(name, _)| (*name).to_owned()).collect());
        assert_eq!(Rules::load().unwrap().policies.policies().count(), POLICIES.len());
    }

    #[track_caller]
    fn check_refused(text: &str, want: &str) {
        let error = Rules::read(SCHEMA, &[("p", text)]).unwrap_err().to_string();
        assert!(error.contains(want), "{text}: {error}");
    }

    #[test]
    fn a_bad_policy_stops_the_start() {
        let named = r#"@id("p") @reason("why") "#;
        let permit = "permit (principal, action, resource)";
        check_refused(&format!("{permit};"), "needs the annotations `@id(\"p\")`");
        check_refused(&format!(r#"@id("q") @reason("why") {permit};"#), "needs the annotations");
        check_refused(&format!(r#"@id("p") @reason("") {permit};"#), "needs the annotations");
        check_refused("permit", "the policy `p` cannot be read");
        let unfit = "the policies do not fit their schema";
        check_refused(&format!("{named}{permit} when {{ context.colour }};"), unfit);
        check_refused(&format!("{named}{permit} when {{ resource.light == Light::\"red\" }};"), unfit);
        check_refused(
            &format!("{named}{permit} when {{ resource has light && resource.light == Light::\"rde\" }};"),
            unfit,
        );
        check_refused(&format!("{named}{permit} when {{ principal.role == Light::\"red\" }};"), unfit);
    }

    #[test]
    fn two_policies_of_one_name_are_refused() {
        let text = r#"@id("p") @reason("why") permit (principal, action, resource);"#;
        let error = Rules::read(SCHEMA, &[("p", text), ("p", text)]).unwrap_err().to_string();
        assert!(error.starts_with("the policy `p` cannot be added"), "{error}");
        assert!(Rules::read("entity", &[]).unwrap_err().to_string().starts_with("the schema"));
    }

    /// Cedar passes over a policy that fails, a forbid too. We do not.
    #[test]
    fn a_policy_that_fails_withholds() {
        let mut rules = Rules::load().unwrap();
        for (id, text) in [
            ("all", "permit (principal, action, resource);"),
            ("fails", r#"forbid (principal, action, resource) when { resource.light == Light::"red" };"#),
        ] {
            rules.policies.add(CedarPolicy::parse(Some(PolicyId::new(id)), text).unwrap()).unwrap();
        }
        let decision = rules.judge(Question { originator: true, role: Role::Organisation, ..QUESTION });
        assert!(!decision.is_release());
        assert!(decision.to_string().contains("the policies could not be evaluated"), "{decision}");
    }

    #[test]
    fn what_nothing_permits_is_withheld() {
        let decision = Rules::load().unwrap().judge(Question { light: Some(Tlp::AmberStrict), ..QUESTION });
        assert_eq!(decision.to_string(), "withhold: no policy lets a client view TLP:AMBER+STRICT");
    }
}
