using Patron.Tests;
using System.Text.Json;
using Patron.IntegrationTests.ApiTraffic;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

public sealed class OpenApiTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Rewrite = "PATRON_UPDATE_OPENAPI";

    // The contract's status table.
    private static readonly int[] Statuses = [400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 503];

    private static readonly string[] Verbs =
    [
        "Accept", "Add", "Cancel", "Change", "Check", "Confirm", "Count", "Create", "Deactivate", "Decline", "Delete", "Dismiss", "Download", "Drop", "Erase", "Exchange", "Extend", "Find", "Get", "Invite", "List", "Look", "Mark", "Merge", "Record",
        "Refresh", "Release", "Remove", "Rename", "Reopen", "Request", "Resend", "Reset", "Restore", "Retry", "Revoke", "Run", "Search", "Send", "Set", "Settle", "Sign", "Snooze", "Start", "Take", "Undo",
        "Update", "Verify", "Wake", "Withdraw",
    ];

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public async Task Served_document_is_the_committed_one()
    {
        var file = Path.Combine(Checkout.Folder, "docs", "openapi.json");
        var served = JsonSerializer.Serialize((await DocumentAsync()).RootElement, Readable) + "\n";
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
        {
            await File.WriteAllTextAsync(file, served);
        }

        var committed = File.Exists(file) ? await File.ReadAllTextAsync(file) : "";
        Assert.True(committed == served, $"The API has changed, docs/openapi.json has not. If the change is meant, rewrite it with: {Rewrite}=1 ./test -class '*.OpenApiTests'");
    }

    [Fact]
    public async Task Every_operation_describes_its_purpose_request_and_answers()
    {
        using var document = await DocumentAsync();
        var wrong = new List<string>();
        await foreach (var (name, operation) in OperationsAsync())
        {
            foreach (var words in new[] { "summary", "description", "operationId", "tags" })
            {
                if (!operation.TryGetProperty(words, out var given) || given.GetRawText().Length < 4)
                {
                    wrong.Add($"{name} has no {words}");
                }
            }

            var answers = AnswersOf(operation, document);
            if (!answers.Exists(answer => answer.Status[0] == '2'))
            {
                wrong.Add($"{name} has no success");
            }

            wrong.AddRange(answers.Where(answer => answer.Answer.GetProperty("description").GetString()!.Length < 5).Select(answer => $"{name} has no words for {answer.Status}"));
            wrong.AddRange(answers.Where(answer => answer.Status[0] != '2' && !Statuses.Contains(int.Parse(answer.Status))).Select(answer => $"{name} answers {answer.Status}, which the contract does not know"));
            if (operation.TryGetProperty("requestBody", out var body))
            {
                wrong.AddRange(MissingExamples(body).Select(type => $"{name} takes {type} without an example"));
            }

            foreach (var (status, answer) in answers)
            {
                wrong.AddRange(MissingExamples(answer).Select(type => $"{name} answers {status} as {type} without an example"));
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Every_title_is_in_the_imperative()
    {
        var others = new List<string>();
        await foreach (var (name, operation) in OperationsAsync())
        {
            var title = operation.GetProperty("summary").GetString()!;
            if (!Verbs.Contains(title.Split(' ')[0], StringComparer.Ordinal) || title.EndsWith('.'))
            {
                others.Add($"{name}: {title}");
            }
        }

        Assert.Empty(others);
    }

    [Fact]
    public async Task Every_description_adds_a_sentence_to_the_title()
    {
        var others = new List<string>();
        await foreach (var (name, operation) in OperationsAsync())
        {
            var (title, description) = (operation.GetProperty("summary").GetString()!, operation.GetProperty("description").GetString()!);
            if (description == $"{title}." || !description.EndsWith('.'))
            {
                others.Add($"{name}: {description}");
            }
        }

        Assert.Empty(others);
    }

    [Fact]
    public async Task Every_field_and_parameter_has_a_description()
    {
        using var document = await DocumentAsync();
        var missing = Schemas(document).SelectMany(schema => Properties(schema.Value).Where(property => !IsDescribed(property.Value)).Select(property => $"{schema.Name}.{property.Name}")).ToList();
        await foreach (var (name, operation) in OperationsAsync())
        {
            missing.AddRange(Parameters(operation).Where(parameter => !IsDescribed(parameter)).Select(parameter => $"{name} {parameter.GetProperty("name").GetString()}"));
        }

        Assert.Empty(missing);
    }

    [Fact]
    public async Task Descriptions_of_fields_and_parameters_are_all_used()
    {
        using var document = await DocumentAsync();
        var fields = Schemas(document).SelectMany(schema => Properties(schema.Value).SelectMany(property => new[] { property.Name, $"{schema.Name}.{property.Name}" })).ToHashSet(StringComparer.Ordinal);
        var parameters = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var (_, operation) in OperationsAsync())
        {
            var id = operation.GetProperty("operationId").GetString();
            parameters.UnionWith(Parameters(operation).Select(parameter => parameter.GetProperty("name").GetString()!).SelectMany(name => new[] { name, $"{id}.{name}" }));
        }

        Assert.Empty(Described("field-descriptions.json").Except(fields, StringComparer.Ordinal));
        Assert.Empty(Described("parameter-descriptions.json").Except(parameters, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Groups_begin_with_the_one_to_start_with_and_say_for_whom_they_are()
    {
        using var document = await DocumentAsync();
        var tags = document.RootElement.GetProperty("tags").EnumerateArray().ToList();
        var used = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var (_, operation) in OperationsAsync())
        {
            used.UnionWith(operation.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
        }

        Assert.Equal(["Customers", "Profiles", "Accounts"], tags.Take(3).Select(tag => tag.GetProperty("name").GetString()));
        Assert.Equal(used.Order(StringComparer.Ordinal), tags.Select(tag => tag.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(tags, tag => Assert.Contains("For ", tag.GetProperty("description").GetString(), StringComparison.Ordinal));
        Assert.Contains("use `/api/v1` and `customer_id`", document.RootElement.GetProperty("info").GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_codes_have_a_page_that_the_reference_links_to()
    {
        var page = await app.Accounts.Client.GetStringAsync("/docs/errors");
        using var document = await DocumentAsync();

        Assert.Contains("<tr id=\"email_taken\">", page, StringComparison.Ordinal);
        Assert.Equal(CountOf("\n| `", await File.ReadAllTextAsync(Path.Combine(Checkout.Folder, "docs", "errors.md"))), CountOf("<tr id=", page));
        Assert.Contains("(errors)", document.RootElement.GetProperty("info").GetProperty("description").GetString(), StringComparison.Ordinal);

        static int CountOf(string part, string text) => text.Split(part).Length - 1;
    }

    [Fact]
    public async Task Every_error_is_problem_details_and_all_client_errors_are_documented()
    {
        using var document = await DocumentAsync();
        var wrong = new List<string>();
        await foreach (var (name, operation) in OperationsAsync())
        {
            if (name.StartsWith("GET /health", StringComparison.Ordinal))
            {
                continue; // The 503 of a probe is a report, not problem details.
            }

            var errors = AnswersOf(operation, document).Where(answer => answer.Status[0] is '4' or '5').ToList();
            wrong.AddRange(errors.Where(error => !error.Answer.GetProperty("content").TryGetProperty("application/problem+json", out _)).Select(error => $"{name} {error.Status}"));
            // 404: the organization in X-Organization. 400: a body that is not JSON.
            wrong.AddRange(Missing("security", "401", "404").Select(status => $"{name} needs a caller but has no {status}"));
            wrong.AddRange(Missing("requestBody", "400", "413", "415", "422").Select(status => $"{name} takes a body but has no {status}"));

            IEnumerable<string> Missing(string part, params string[] statuses) =>
                operation.TryGetProperty(part, out _) ? statuses.Except(errors.Select(error => error.Status), StringComparer.Ordinal) : [];
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Reference_page_loads_nothing_from_other_servers()
    {
        var page = await app.Accounts.Client.GetStringAsync("/docs/index.html");

        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page);
        Assert.Contains("swagger-ui", page, StringComparison.Ordinal);
        Assert.Contains("src='sign-in.js'", page, StringComparison.Ordinal);
        Assert.Contains("persistAuthorization", await app.Accounts.Client.GetStringAsync("/docs/index.js"), StringComparison.Ordinal);
        Assert.Contains("/api/auth/login/", await app.Accounts.Client.GetStringAsync("/docs/sign-in.js"), StringComparison.Ordinal);
    }

    private static JsonElement.ObjectEnumerator Schemas(JsonDocument document) => document.RootElement.GetProperty("components").GetProperty("schemas").EnumerateObject();

    private static JsonElement.ObjectEnumerator Properties(JsonElement schema) => schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject() : default;

    private static JsonElement.ArrayEnumerator Parameters(JsonElement operation) => operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : default;

    private static List<(string Status, JsonElement Answer)> AnswersOf(JsonElement operation, JsonDocument document) =>
        [.. operation.GetProperty("responses").EnumerateObject().Select(answer => (answer.Name, document.RootElement.Follow(answer.Value)))];

    private static bool IsDescribed(JsonElement described) => described.TryGetProperty("description", out var description) && description.GetString() is { Length: > 3 } text && text.EndsWith('.');

    private static IEnumerable<string> Described(string file) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Checkout.Folder, "src", "Patron.Dialects", "OpenApi", file))).RootElement.EnumerateObject().Select(description => description.Name);

    private static IEnumerable<string> MissingExamples(JsonElement holder) => holder.TryGetProperty("content", out var content)
        ? content.EnumerateObject().Where(type => !IsEmpty(type.Value) && !IsFile(type.Value) && (!type.Value.TryGetProperty("example", out var example) || example.ValueKind is JsonValueKind.String or JsonValueKind.Null)).Select(type => type.Name)
        : [];

    // An example without members is not written to the document.
    private static bool IsEmpty(JsonElement content) => content.GetProperty("schema").TryGetProperty("$ref", out var name) && name.GetString() == "#/components/schemas/EmptyAnswer";

    private static bool IsFile(JsonElement content) => content.GetProperty("schema").TryGetProperty("format", out var format) && format.GetString() == "binary";

    private async Task<JsonDocument> DocumentAsync() => JsonDocument.Parse(await app.Accounts.Client.GetStringAsync("/openapi/v1.json"));

    private async IAsyncEnumerable<(string Name, JsonElement Operation)> OperationsAsync()
    {
        using var document = await DocumentAsync();
        foreach (var path in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Object))
            {
                yield return ($"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value);
            }
        }
    }
}
