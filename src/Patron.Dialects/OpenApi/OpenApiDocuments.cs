using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.OpenApi;

/// <summary>Completes the OpenAPI document: descriptions and examples of all answers, the security schemes and the errors.</summary>
public static class OpenApiDocuments
{
    private const string Introduction = """
        Patron links a person's account to their customer record, so that one person is never two customers.

        **Start here.** If you are new, use `/api/v1` and `customer_id`: sign in with `POST /api/auth/login/`, send the access token as `Authorization: Bearer ...`, and list customers with `GET /api/v1/customers/`. Programs send an API key as `X-Api-Key` instead. The other groups offer the same people and customers to front ends that were written for other APIs; each says for whom it is.

        Errors are `application/problem+json` with a stable `code`; [all codes are listed here](errors).

        If the server reads lists and searches from replicas, every write answers the header `Patron-Position`. Send it with the reads that follow, and they include the write.
        """;

    // In the order of the reference.
    private static readonly (string Name, string Description)[] Tags =
    [
        ("Customers", "**Start here.** For apps and programs of your team: the customer records of your organization, by `customer_id`."),
        ("Profiles", "For apps of your customers: a person's own customer record."),
        ("Accounts", "For every app: registration, sign-in, tokens, passwords and sessions."),
        ("Duplicates", "For staff and programs: customers that are probably one, with the reasons."),
        ("Inbox", "For staff and programs: what waits for a decision, and how the customers grow."),
        ("Jobs", "For staff and programs: one change of many customers, with a preview, a confirmation and an undo."),
        ("Segments", "For staff and programs: saved filters of customers, private or of the organization."),
        ("Audit", "For staff and programs: who changed what, when and from where."),
        ("API keys", "For programs that act for an organization."),
        ("Organizations", "For teams: organizations and their members."),
        ("Portal", "For customer portals of a company with an ERP: first password, invoices and orders, and the sync for staff."),
        ("CRM users", "For front ends of the CRM API: an account with its organizations."),
        ("CRM customers", "For front ends of the CRM API, with numbers as ids. New apps use Customers."),
        ("CRM vendors", "For front ends of the CRM API: the vendor of each organization."),
        ("CRM profiles", "For front ends of the CRM API: a person's profile for each role."),
        ("Tradeline", "For front ends written for Frappe. New apps use Customers and Accounts."),
        ("Operations", "For people who run the server: health and public keys."),
    ];

    public static void Add(IServiceCollection services, string version, ProcessRole role) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description =>
            description.HttpMethod != HttpMethods.Head // Every GET endpoint also answers HEAD.
            && (description.ActionDescriptor.EndpointMetadata.OfType<ServedBy>().FirstOrDefault()?.Includes(role) ?? true);
        options.CreateSchemaReferenceId = SchemaTypes.ReferenceName;
        options.AddSchemaTransformer(SchemaTypes.ApplyAsync);
        options.AddDocumentTransformer((document, _, _) =>
        {
            AddInfo(document, version, role);
            AddTags(document);
            FieldDescriptions.Apply(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            AddSecurity(operation, metadata, context.Document!, role);
            AddRequestExample(operation, metadata);
            DescribeAnswers(operation, metadata, context.Document!);
            AddIdempotencyKey(operation, metadata);
            AddPosition(operation);
            FieldDescriptions.Apply(operation);
            return Task.CompletedTask;
        });
    });

    private static void AddInfo(OpenApiDocument document, string version, ProcessRole role)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Patron",
            Version = version,
            Description =
                Introduction,
            Contact = new OpenApiContact { Name = "Whoever runs this server" },
        };
        // Relative to the document's own address, so that it also holds behind a path prefix.
        document.Servers = [new OpenApiServer { Url = ".." }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [
                "bearer"] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    BearerFormat = "JWT",
                    Description = "The access token that signing in answers.",
                },
            [
                "apiKey"] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.ApiKey,
                    In = ParameterLocation.Header,
                    Name = "X-Api-Key",
                    Description = "An API key as key:secret.",
                },
        };
        if (TakesCookies(role))
        {
            document.Components.SecuritySchemes["cookie"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = CallerAuthentication.CookieName,
                Description = "The session cookie that signing in as with Frappe sets. A page of a foreign origin may not write with it.",
            };
        }
    }

    private static void AddTags(OpenApiDocument document)
    {
        var used = document.Tags?.Select(tag => tag.Name).ToHashSet(StringComparer.Ordinal) ?? [];
        document.Tags = Tags.Where(tag => used.Contains(tag.Name))
            .Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }).ToHashSet();
    }

    private static void AddSecurity(OpenApiOperation operation, IList<object> metadata, OpenApiDocument document, ProcessRole role)
    {
        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            return;
        }

        var peopleOnly = metadata.OfType<IAuthorizeData>().Any(data => data.Policy == CallerAuthentication.People);
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];
        if (TakesCookies(role))
        {
            operation.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("cookie", document)] = [] });
        }

        if (!peopleOnly)
        {
            operation.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("apiKey", document)] = [] });
        }
    }

    private static bool TakesCookies(ProcessRole role) => role == ProcessRole.All;

    private static void AddRequestExample(OpenApiOperation operation, IList<object> metadata)
    {
        if (metadata.OfType<RequestExample>().FirstOrDefault() is { } request && operation.RequestBody?.Content is { } bodies)
        {
            SetExample(bodies, request.Json);
        }
    }

    private static void DescribeAnswers(OpenApiOperation operation, IList<object> metadata, OpenApiDocument document)
    {
        foreach (var (status, response) in operation.Responses?.ToList() ?? [])
        {
            var code = int.Parse(status);
            var described = metadata.OfType<DescribedAnswer>().FirstOrDefault(answer => answer.Status == code);
            response.Description = described?.Description ?? DescribeStatus(code);
            if (response.Content is not { } contents)
            {
                continue;
            }

            var isProblem = contents.ContainsKey(Problems.ContentType);
            if ((described?.Example ?? (isProblem ? Problem(code) : null)) is { } example)
            {
                SetExample(contents, example);
            }

            if (isProblem && described is null)
            {
                operation.Responses![status] = Share(response, code, document);
            }
        }
    }

    // An error of one status is described once, because those of all operations would be nearly half of the document.
    private static OpenApiResponseReference Share(IOpenApiResponse error, int status, OpenApiDocument document)
    {
        var name = ReasonPhrases.GetReasonPhrase(status).Replace(" ", "", StringComparison.Ordinal);
        if (document.Components?.Responses?.ContainsKey(name) != true)
        {
            document.AddComponent(name, error);
        }

        return new OpenApiResponseReference(name, document);
    }

    private static void SetExample(IDictionary<string, OpenApiMediaType> contents, string json)
    {
        foreach (var content in contents.Values)
        {
            content.Example = JsonNode.Parse(json);
        }
    }

    private static void AddIdempotencyKey(OpenApiOperation operation, IList<object> metadata)
    {
        if (metadata.OfType<TakesIdempotencyKey>().Any())
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = IdempotencyFilter.Header,
                In = ParameterLocation.Header,
                Description = "Makes the create repeatable: the same key answers the same for 24 hours.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 255 },
            });
        }
    }

    // What links to further pages have beside the cursor.
    private static void AddPosition(OpenApiOperation operation)
    {
        if (operation.Parameters?.Any(parameter => parameter.Name == "cursor") == true)
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = ReadPositions.Parameter,
                In = ParameterLocation.Query,
                Description = "Part of the links to further pages if the server reads lists from replicas; take it as it is.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Example = JsonValue.Create("0/16B3748"),
            });
        }
    }

    private static string Problem(int status) => new JsonObject
    {
        ["type"] = "about:blank",
        ["title"] = ReasonPhrases.GetReasonPhrase(status),
        ["status"] = status,
        ["code"] = CodeOf(status),
        ["detail"] = DescribeStatus(status),
        ["request_id"] = "0af7651916cd43dd8448eb211c80319c",
    }.ToJsonString();

    // An example of each status (docs/errors.md).
    private static string CodeOf(int status) => status switch
    {
        400 => "email_taken",
        401 => "token_expired",
        403 => "staff_required",
        404 => "customer_not_found",
        409 => "request_in_progress",
        412 => "version_outdated",
        413 => "body_too_large",
        415 => "not_json",
        422 => "invalid_fields",
        429 => "too_many_attempts",
        503 => "database_unavailable",
        _ => "internal_error",
    };

    // The contract's status table.
    private static string DescribeStatus(int status) => status switch
    {
        400 => "A business rule says no, or the body is not JSON.",
        401 => "No or bad credentials.",
        403 => "Not allowed to do this at all.",
        404 => "No such record, or not this caller's.",
        409 => "A request with this Idempotency-Key is being worked on.",
        412 => "If-Match is stale: someone else has changed the record.",
        413 => "The body is larger than 1 MB.",
        415 => "The body is not declared as JSON.",
        422 => "A field has an invalid format or value; errors names it.",
        429 => "Too many tries; Retry-After says when to come back.",
        503 => "Something Patron depends on is away; nothing was half-done.",
        _ => ReasonPhrases.GetReasonPhrase(status),
    };
}
