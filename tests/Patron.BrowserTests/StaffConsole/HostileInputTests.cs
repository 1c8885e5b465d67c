using System.Net;
using System.Text.RegularExpressions;
using Patron.IntegrationTests.Hosting;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>Hostile input on every page and form of the console: each answer is a page or a redirect, and gives nothing away.</summary>
public sealed partial class HostileInputTests(OneProcess app) : IClassFixture<OneProcess>
{
    // Escaped as they are sent: NUL, half of a surrogate pair, numbers that do not fit, markup, SQL, patterns, a path, and far too much.
    private static readonly string[] Values =
    [
        "", "%00", "%ED%A0%80", "-1", "0", "9223372036854775808", "1e400", "2026-02-30", "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "%27%20OR%201%3D1%20--", "%25%5F%5C", "..%2F..%2F..%2Fetc%2Fpasswd", "%7B%22a%22%3A1%7D", "%F0%9F%A6%8A", new string('x', 20_000),
    ];

    private const string Markup = "<script>alert(1)";
    private static readonly string[] Secrets = ["Exception", " at Patron.", "Npgsql", "SELECT ", "/src/"];

    [Fact]
    public async Task No_page_or_form_of_the_console_breaks()
    {
        await app.AddDuplicateAsync();
        await app.AddGivenUpMailAsync();
        var person = await app.CustomerAsync();
        var customer = (await app.AccountsSqlAsync<string>("SELECT customer_id FROM customers.customers WHERE email = $1", person.Email))!;
        using var browser = await Browser.SignedInAsync(app, RunningPatron.AdminEmail, RunningPatron.AdminPassword);
        var routes = ConsoleRoutes.Read(app, customer);
        var (token, fields) = await FieldsAsync(browser, routes.Where(route => route.Method == HttpMethod.Get).Select(route => route.Path));
        foreach (var value in Values)
        {
            var input = string.Join('&', fields.Select(field => $"{field}={value}"));
            foreach (var (method, path) in routes)
            {
                using var request = method == HttpMethod.Get
                    ? new HttpRequestMessage(method, value.Length > 1000 ? $"{path}?q={value[..8000]}" : $"{path}?{input}")
                    : new HttpRequestMessage(method, path)
                    {
                        Content = new StringContent(
                            $"form_token={Uri.EscapeDataString(token)}&{input}", null, "application/x-www-form-urlencoded"),
                    };
                using var answer = await browser.SendAsync(request);
                var page = await answer.Content.ReadAsStringAsync();
                Assert.True(
                    answer.StatusCode < HttpStatusCode.InternalServerError,
                    $"{method} {path} answers {(int)answer.StatusCode} to {value[..Math.Min(40, value.Length)]}.");
                Assert.All(Secrets, secret => Assert.DoesNotContain(secret, page, StringComparison.Ordinal));
                Assert.False(
                    answer.Content.Headers.ContentType?.MediaType == "text/html" && page.Contains(Markup, StringComparison.Ordinal),
                    $"{method} {path} writes what was typed as markup.");
            }
        }
    }

    // The names of all fields that the pages have, and those that addresses have.
    private static async Task<(string Token, IReadOnlyCollection<string> Fields)> FieldsAsync(Browser browser, IEnumerable<string> paths)
    {
        var fields = new SortedSet<string>(StringComparer.Ordinal)
        {
            "q", "cursor", "order", "kind", "state", "before", "after", "page", "assigned", "snoozed", "by", "of", "segment", "item", "from", "to",
            "caret", "return_url", "columns", "density", "limit", "kinds",
        };
        var token = "";
        foreach (var path in paths)
        {
            var page = await browser.GetAsync(path);
            token = Browser.Token(page) is { Length: > 0 } found ? found : token;
            fields.UnionWith(FieldName().Matches(page).Select(field => field.Groups["name"].Value));
        }

        fields.ExceptWith(["form_token", "form_page", "form_id", "language"]);
        Assert.True(fields.Count > 40, "The fields were not found.");
        return (token, fields);
    }

    [GeneratedRegex("<(input|select|textarea|button)[^>]* name=\"(?<name>[a-zA-Z_]+)\"", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex FieldName();
}
