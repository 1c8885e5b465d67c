using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patron.IntegrationTests.Customers;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Text;
using Patron.Tests;

namespace Patron.IntegrationTests.Outside;

/// <summary>
/// No operation takes a second for a body of one megabyte, and each reports the error in a text. bench/load/hostile sends more of these
/// requests to a separate process (bench/RESULTS.md).
/// </summary>
[Collection(nameof(Alone))]
public sealed class HostileSizeTests(WithoutLimits app) : IClassFixture<WithoutLimits>
{
    private const int MaxBody = (1024 * 1024) - 4096;
    private static readonly TimeSpan Bar = TimeSpan.FromSeconds(1);

    private static readonly JsonNode Reference = JsonNode.Parse(File.ReadAllText(Path.Combine(Checkout.Folder, "docs/openapi.json")))!;

    [Fact]
    public async Task Every_operation_answers_a_body_of_one_megabyte_within_a_second()
    {
        (string Name, string Json)[] values =
        [
            ("marks", Quoted("\u0316\u0301", MaxBody / 4)), ("letters", Quoted("a", MaxBody)), ("noncharacters", Quoted("\uFFFE", MaxBody / 3)), ("blanks", Quoted(" ", MaxBody)),
            ("tags", $"\"{string.Join(',', Enumerable.Range(0, 60_000))}\""), ("escapes", $"\"{HostileTexts.Repeat("\\u0301", MaxBody / 6)}\""),
            ("list", $"[{HostileTexts.Repeat("\"a\",", 200_000)}\"a\"]"), ("depth", HostileTexts.Repeat("[", MaxBody)), ("names", $"{{{string.Join(',', Enumerable.Range(0, 80_000).Select(number => $"\"{number}\":1"))}}}"),
        ];
        await AttackAsync(from operation in Operations()
                          from value in values
                          from body in operation.Fields.Take(2).Select(field => operation.With(field, value.Json)).Append(value.Json)
                          select (operation, body, value.Name));
    }

    [Fact]
    public async Task Every_field_answers_the_longest_possible_text_within_a_second()
    {
        (string Name, string Json)[] values = [("marks", Quoted("\u0316\u0301", InputText.MaxLength / 2)), ("letters", Quoted("a", InputText.MaxLength)), ("tags", Quoted("a,", InputText.MaxLength / 2))];
        await AttackAsync(from operation in Operations()
                          from field in operation.Fields
                          from value in values
                          select (operation, operation.With(field, value.Json), $"{field}: {value.Name}"));
    }

    [Theory]
    [InlineData("/api/auth/register", "first_name", "A\uFFFE B", "isn't a character in Unicode")]
    [InlineData("/api/auth/register", "password1", "correct horse \uFFFF", "isn't a character in Unicode")]
    [InlineData("/api/auth/login", "password", "correct horse \uFDD0", "isn't a character in Unicode")]
    [InlineData("/api/users/", "organization_name", "A\U0001FFFE B", "isn't a character in Unicode")]
    [InlineData("/api/method/rockettradeline.api.auth.sign_up", "full_name", "A\uFFFE B", "isn't a character in Unicode")]
    [InlineData("/api/auth/quick-setup", "email", "a\uFFFEb@x.example", "isn't a character in Unicode")]
    [InlineData("/api/v1/customers/", "first_name", "A\uFFFE B", "isn't a character in Unicode")]
    [InlineData("/api/customers/", "name", "A\uFFFE B", "isn't a character in Unicode")]
    [InlineData("/api/v1/customers/", "notes", null, "too long")]
    [InlineData("/api/v1/customers/search", "query", "\uFFFE", "isn't a character in Unicode")]
    public async Task Too_long_or_invalid_text_is_refused_with_its_field_and_a_sentence(string path, string field, string? text, string sentence)
    {
        var body = new Dictionary<string, string> { [field] = text ?? new string('a', InputText.MaxLength + 1) };
        var refused = await (await app.Accounts.SendAsync(HttpMethod.Post, path, await app.SomeStaffAsync(), body)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Contains(sentence, refused.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_inside_preferences_and_forms_are_checked_too()
    {
        var staff = await app.SomeStaffAsync();
        foreach (var preferences in new[] { new Dictionary<string, string> { ["a\uFFFE"] = "b" }, new() { ["a"] = "b\uFFFE" } })
        {
            var refused = await (await app.Accounts.SendAsync(HttpMethod.Post, CustomerIntents.Api, staff, new { name = "Ann", notification_preferences = preferences })).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
            Assert.Contains("isn't a character in Unicode", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        using var form = new FormUrlEncodedContent([new("usr", "a@x.example"), new("pwd", "a\uFFFEb")]);
        var answer = await (await app.Accounts.Client.PostAsync("/api/method/login", form)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("isn't a character in Unicode", answer.GetProperty("errors").GetProperty("pwd")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_long_password_is_wrong_at_sign_in_and_refused_when_it_is_set()
    {
        var person = await app.RegisterAsync();
        var long_ = string.Concat(Enumerable.Repeat("\u0316\u0301", 129));
        var wrong = await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email = person.Email, password = "not it at all" });
        var tooLong = await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email = person.Email, password = long_ });
        Assert.Equal((await wrong.ShouldBeAsync(HttpStatusCode.Unauthorized)).GetRawText().WithoutRequestId(), (await tooLong.ShouldBeAsync(HttpStatusCode.Unauthorized)).GetRawText().WithoutRequestId());
        await (await app.Accounts.SendAsync(HttpMethod.Post, "/api/auth/login/", null, new { email = new string('a', 10_000) + "@x.example", password = "not it at all" })).ShouldBeAsync(HttpStatusCode.Unauthorized);

        foreach (var (path, body) in new (string, object)[]
        {
            ("/api/auth/register/", new { email = Intents.NewEmail(), first_name = "A", last_name = "B", password1 = long_, password2 = long_ }),
            ("/api/auth/quick-setup", new { email = Intents.NewEmail(), password = long_, password_confirmation = long_ }),
            ("/api/auth/password/change/", new { current_password = person.Password, password1 = long_, password2 = long_ }),
            ("/api/users/", new { email = Intents.NewEmail(), first_name = "A", last_name = "B", password = long_, organization_name = "C" }),
            ("/api/method/rockettradeline.api.auth.sign_up", new { email = Intents.NewEmail(), full_name = "A B", password = long_ }),
        })
        {
            var refused = await (await app.Accounts.SendAsync(HttpMethod.Post, path, path.EndsWith("change/", StringComparison.Ordinal) ? person : null, body)).ShouldBeAsync(HttpStatusCode.UnprocessableEntity);
            Assert.Contains("at most 128", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    private async Task AttackAsync(IEnumerable<(Operation Operation, string Body, string What)> attacks)
    {
        var staff = await app.SomeStaffAsync();
        using var client = new HttpClient { BaseAddress = app.Accounts.Address }; // The answers are compared with the document in other tests.
        var problems = new ConcurrentQueue<string>();
        var sent = 0;
        await Parallel.ForEachAsync(attacks, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (attack, cancellationToken) =>
        {
            // The best of several attempts, because machines are not always quiet.
            var best = TimeSpan.MaxValue;
            for (var attempt = 0; attempt < 4 && best > Bar; attempt++)
            {
                var (status, time) = await SendAsync(client, staff, attack.Operation, attack.Body, cancellationToken);
                best = time < best ? time : best;
                Assert.True(status is not (0 or >= 500), $"{attack.Operation.Method} {attack.Operation.Path} ({attack.What}): {status}");
            }

            Interlocked.Increment(ref sent);
            if (best > Bar)
            {
                problems.Enqueue($"{attack.Operation.Method} {attack.Operation.Path} ({attack.What}): {best.TotalMilliseconds:0} ms");
            }
        });
        Assert.True(sent > 300, $"Only {sent} requests were sent.");
        Assert.True(problems.IsEmpty, string.Join('\n', problems));
    }

    private static async Task<(int Status, TimeSpan Time)> SendAsync(HttpClient client, Person staff, Operation operation, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), operation.Path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", $"Bearer {staff.Access}");
        var watch = Stopwatch.StartNew();
        using var answer = await client.SendAsync(request, cancellationToken);
        return ((int)answer.StatusCode, watch.Elapsed);
    }

    // Without sign-out, which would end the session of this test.
    private static IEnumerable<Operation> Operations() =>
        from path in Reference["paths"]!.AsObject()
        where !path.Key.EndsWith("logout", StringComparison.Ordinal)
        from operation in path.Value!.AsObject()
        let content = operation.Value?["requestBody"]?["content"]?["application/json"]
        where content is not null
        let example = content["example"]?.ToJsonString() ?? "{}"
        let filled = System.Text.RegularExpressions.Regex.Replace(path.Key, @"\{[^}]+\}", "1", System.Text.RegularExpressions.RegexOptions.NonBacktracking)
        select new Operation(operation.Key.ToUpperInvariant(), filled, example, [.. Members(content["schema"]).Union(JsonNode.Parse(example)!.AsObject().Select(field => field.Key), StringComparer.Ordinal)]);

    private static IEnumerable<string> Members(JsonNode? schema)
    {
        var resolved = schema?["$ref"]?.GetValue<string>() is { } reference ? Reference["components"]!["schemas"]![reference.Split('/')[^1]] : schema;
        return resolved?["properties"]?.AsObject().Select(field => field.Key) ?? [];
    }

    private static string Quoted(string piece, int times) => $"\"{HostileTexts.Repeat(piece, times)}\"";

    private sealed record Operation(string Method, string Path, string Example, IReadOnlyList<string> Fields)
    {
        public string With(string field, string value)
        {
            var body = JsonNode.Parse(Example)!.AsObject();
            body.Remove(field);
            return $"{{\"{field}\": {value}{(body.Count == 0 ? "" : ",")}{body.ToJsonString()[1..]}";
        }
    }
}
