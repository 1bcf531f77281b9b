//! The document that describes the API, OpenAPI 3.1: at `/api/v1/openapi.json` and in `docs/`.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ArrayBuilder, ComponentsBuilder, ContentBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder,
    Paths, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
};
use utoipa::{IntoParams, ToSchema};

use super::incidents::act::Verb;
use super::incidents::{read as incident, verbs};
use super::problem::{MEDIA_TYPE, Problem};
use super::reports::{decide, read as report, take_in};
use super::{asking, duties, registry, schema, watch};

/// The name of the token in the document.
const TOKEN: &str = "token";

/// `GET /api/v1/openapi.json`
pub(crate) async fn show() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], document())
}

/// The whole document, as text.
fn document() -> String {
    let mut text = described().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// A document that grows by operations.
pub(crate) struct Document {
    paths: Paths,
    components: ComponentsBuilder,
}

/// What an operation answers when all went well.
struct Answer {
    status: &'static str,
    what: &'static str,
    content: Option<(&'static str, RefOr<Schema>)>,
}

impl Document {
    fn new() -> Self {
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        Self {
            paths: Paths::new(),
            components: ComponentsBuilder::new().security_scheme(TOKEN, token),
        }
        .knowing::<Problem>()
    }

    /// A verb of an incident.
    pub(crate) fn verb<V: Verb>(self, path: &str) -> Self {
        let path = format!("/incidents/{{incident}}/{path}");
        self.post::<V, asking::Carried>(&path, V::SUMMARY, "200")
    }

    fn get<T: ToSchema>(self, path: &str, summary: &str, query: Vec<Parameter>) -> Self {
        let answer = Answer { status: "200", what: "what was asked for", content: Some(of::<T>()) };
        self.knowing::<T>().reading(path, summary, query, answer)
    }

    fn list<T: ToSchema>(self, path: &str, summary: &str, query: Vec<Parameter>) -> Self {
        let (kind, item) = of::<T>();
        let content = (kind, RefOr::T(Schema::Array(ArrayBuilder::new().items(item).build())));
        let answer = Answer { status: "200", what: "what was asked for", content: Some(content) };
        self.knowing::<T>().reading(path, summary, query, answer)
    }

    fn reading(self, path: &str, summary: &str, query: Vec<Parameter>, answer: Answer) -> Self {
        let operation = operation(path, summary, answer).parameters(Some(query)).build();
        self.with(path, HttpMethod::Get, operation)
    }

    fn post<B: ToSchema, T: ToSchema>(
        self,
        path: &str,
        summary: &str,
        status: &'static str,
    ) -> Self {
        let (kind, schema) = of::<B>();
        let body = RequestBodyBuilder::new()
            .content(kind, ContentBuilder::new().schema(Some(schema)).build())
            .required(Some(Required::True))
            .build();
        let what = "carried out; a repeat of the same command answers the same";
        let answer = Answer { status, what, content: Some(of::<T>()) };
        let operation = operation(path, summary, answer)
            .parameter(idempotency_key())
            .request_body(Some(body))
            .build();
        self.knowing::<B>().knowing::<T>().with(path, HttpMethod::Post, operation)
    }

    fn with(mut self, path: &str, method: HttpMethod, operation: Operation) -> Self {
        self.paths.add_path_operation(format!("/api/v1{path}"), vec![method], operation);
        self
    }

    fn knowing<T: ToSchema>(mut self) -> Self {
        let mut schemas = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut schemas);
        self.components = self.components.schemas_from_iter(schemas);
        self
    }
}

fn described() -> OpenApi {
    let document = registry_paths(incident_paths(report_paths(Document::new())));
    let document = watch_paths(document);
    let license = License::new("Apache-2.0");
    let info = InfoBuilder::new()
        .title("Fengsui 烽燧")
        .description(Some(
            "The same verbs as the screens, for programs. Every request bears a token; the token acts \
             as one person, with what that person may see and do.",
        ))
        .version("1")
        .license(Some(license))
        .build();
    OpenApiBuilder::new()
        .info(info)
        .paths(document.paths)
        .components(Some(document.components.build()))
        .security(Some([SecurityRequirement::new(TOKEN, Vec::<String>::new())]))
        .build()
}

fn report_paths(document: Document) -> Document {
    let bytes = Answer {
        status: "200",
        what: "the bytes as they came; nothing has looked into them",
        content: Some(("application/octet-stream", RefOr::T(Schema::default()))),
    };
    let one = "/reports/{report}";
    document
        .post::<take_in::NewReport, schema::Receipt>("/reports", "Hand a report in", "201")
        .get::<schema::ReportPage>("/reports", "Reports", params::<report::Which>())
        .get::<report::Report>(one, "One report", Vec::new())
        .reading("/reports/{report}/files/{file}", "A file of a report", Vec::new(), bytes)
        .post::<decide::AcceptReport, decide::AcceptedInto>(
            "/reports/{report}/accept",
            "Accept a report",
            "200",
        )
        .post::<decide::DeclineReport, asking::Carried>(
            "/reports/{report}/decline",
            "Decline a report",
            "200",
        )
        .post::<decide::ReopenReport, asking::Carried>(
            "/reports/{report}/reopen",
            "Open a declined report again",
            "200",
        )
}

fn incident_paths(document: Document) -> Document {
    let document = document
        .get::<schema::IncidentPage>("/incidents", "Incidents", params::<incident::Which>())
        .get::<incident::IncidentBody>("/incidents/{incident}", "One incident", Vec::new());
    verbs::describe(document)
}

fn registry_paths(document: Document) -> Document {
    let which = params::<registry::Which>();
    document
        .get::<schema::OrganisationPage>("/organisations", "Organisations", which)
        .list::<schema::DutyLine>("/duties", "Duties, next first", params::<duties::HowMany>())
        .list::<schema::SearchHit>("/search", "Search", params::<registry::Words>())
        .list::<registry::PlanLine>("/plans", "Plans", Vec::new())
        .get::<registry::PlanBody>("/plans/{plan}", "One plan", Vec::new())
}

fn watch_paths(document: Document) -> Document {
    let path = "/watch/feeds/{feed}";
    let bytes = ContentBuilder::new().schema(Some(Schema::default())).build();
    let body = RequestBodyBuilder::new()
        .description(Some(
            "Bytes in the format of the feed, packed as Content-Encoding says (gzip, zstd). At most 8 MiB as they \
             come and 64 MiB once they are unpacked, unless the feed is configured otherwise.",
        ))
        .content("application/octet-stream", bytes)
        .required(Some(Required::True))
        .build();
    let answer = Answer {
        status: "202",
        what: "on disk; what it says is read afterwards",
        content: Some(of::<watch::PushedBody>()),
    };
    let operation =
        operation(path, "Push records to a feed", answer).request_body(Some(body)).build();
    document.knowing::<watch::PushedBody>().with(path, HttpMethod::Post, operation)
}

fn operation(path: &str, summary: &str, answer: Answer) -> OperationBuilder {
    let tag = path.split('/').nth(1).unwrap_or_default();
    let mut well = ResponseBuilder::new().description(answer.what);
    if let Some((kind, schema)) = answer.content {
        well = well.content(kind, ContentBuilder::new().schema(Some(schema)).build());
    }
    let mut operation = OperationBuilder::new()
        .summary(Some(summary))
        .tag(tag)
        .response(answer.status, well.build())
        .response("default", problem());
    for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        operation = operation.parameter(in_path(name));
    }
    operation
}

fn problem() -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description("why it was not done").content(MEDIA_TYPE, content).build()
}

fn of<T: ToSchema>() -> (&'static str, RefOr<Schema>) {
    ("application/json", Ref::from_schema_name(T::name()).into())
}

fn params<P: IntoParams>() -> Vec<Parameter> {
    P::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query))
}

fn in_path(name: &str) -> Parameter {
    use utoipa::openapi::path::ParameterIn;

    let text = <String as utoipa::PartialSchema>::schema();
    ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).schema(Some(text)).build()
}

fn idempotency_key() -> Parameter {
    use utoipa::openapi::path::ParameterIn;

    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Names this command: a repeat of it by the same client at the same address happens once.",
        ))
        .schema(Some(<String as utoipa::PartialSchema>::schema()))
        .build()
}
