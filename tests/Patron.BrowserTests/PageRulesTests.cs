using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Hosting;
using Patron.Web.Pages;
using Patron.Shared;

namespace Patron.BrowserTests;

/// <summary>Rules for all pages, tested over HTTP: form tokens, headers, size and time.</summary>
public sealed partial class PageRulesTests(OneProcess app, ITestOutputHelper output) : IClassFixture<OneProcess>
{
    private const int MostBytes = 100 * 1024;
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Open = ["/login", "/register", "/first-time-setup", "/set-password", "/forgot-password", "/reset-password", "/verify-email"];
    private static readonly string[] Personal = ["/dashboard", "/profile", "/profile/addresses/new", "/security"];

    [Fact]
    public async Task Every_form_is_refused_without_its_token_or_with_a_foreign_one()
    {
        using var visitor = await Browser.SignedInAsync(app, await app.RegisterAsync());
        using var other = new Browser(app.Accounts.Address);
        var foreign = Browser.Token(await other.GetAsync("/login"));
        var forms = app.Accounts.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IsPage>() is not null && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("POST"))
            .Select(endpoint => Parameter().Replace(endpoint.RoutePattern.RawText!, name => name.Value.EndsWith(":long}", StringComparison.Ordinal) ? "1" : Guid.Empty.ToString()))
            .Where(form => form != "/unsubscribe").ToList(); // Mail programs post to it without its page (RFC 8058).
        Assert.True(forms.Count > 20, "The forms were not found.");

        foreach (var form in forms)
        {
            foreach (var fields in new Dictionary<string, string>[] { [], new() { ["form_token"] = foreign }, new() { ["form_token"] = "x" } })
            {
                using var answer = await visitor.PostAsync(form, fields);
                Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{form} answers {answer.StatusCode}");
                Assert.Contains("This page has expired", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_form_of_one_process_is_accepted_by_another()
    {
        await using var second = await RunningPatron.StartAsync(app.Accounts.ConnectionString, ProcessRole.All, time: app.Time);
        using var visitor = new Browser(app.Accounts.Address);
        var token = Browser.Token(await visitor.GetAsync("/login"));
        visitor.Site = second.Address;

        using var answer = await visitor.PostAsync("/login", new() { ["form_token"] = token, ["login"] = "nobody@tests.example", ["password"] = "not this one" });

        // The credentials are wrong, but the form was accepted.
        Assert.Equal((HttpStatusCode.SeeOther, "/login"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.Contains("kept_form", string.Join(' ', answer.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_does_not_fit_into_a_cookie_shows_its_errors_without_its_texts()
    {
        using var visitor = new Browser(app.Accounts.Address);
        var token = Browser.Token(await visitor.GetAsync("/register"));

        using var answer = await visitor.PostAsync("/register", new() { ["form_token"] = token, ["form_id"] = "register", ["first_name"] = new('x', 9_000) });

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var html = await visitor.GetAsync("/register");
        Assert.Contains("register-first_name-error", html, StringComparison.Ordinal);
        Assert.DoesNotContain("xxx", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_kept_form_is_ignored()
    {
        using var visitor = new Browser(app.Accounts.Address);
        using var answer = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/register") { Headers = { { "Cookie", "kept_form=abc" } } });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Anonymous_callers_are_redirected_to_the_sign_in_page_and_back()
    {
        using var visitor = new Browser(app.Accounts.Address);
        foreach (var page in Personal)
        {
            using var answer = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, page + "?a=b"));
            Assert.Equal((HttpStatusCode.Found, $"/login?return_url={Uri.EscapeDataString(page + "?a=b")}"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        }

        using var start = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/"));
        Assert.Equal("/dashboard", start.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Every_page_is_small_fast_and_has_security_headers()
    {
        var person = await app.CustomerAsync();
        using var visitor = await Browser.SignedInAsync(app, person);
        using var stranger = new Browser(app.Accounts.Address);
        foreach (var (browser, page) in Open.Select(page => (stranger, page)).Concat(Personal.Select(page => (visitor, page))))
        {
            await browser.GetAsync(page); // The first request also compiles.
            var times = new List<TimeSpan>();
            HttpResponseMessage answer = null!;
            for (var turn = 0; turn < 5; turn++)
            {
                answer?.Dispose();
                var watch = Stopwatch.StartNew();
                answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, page));
                times.Add(watch.Elapsed);
            }

            var html = await answer.Content.ReadAsStringAsync();
            var assets = await Task.WhenAll(Asset().Matches(html).Select(match => match.Value).Distinct().Select(browser.WeightAsync));
            var weight = System.Text.Encoding.UTF8.GetByteCount(html) + assets.Sum();
            output.WriteLine($"{page}: {weight / 1024.0:F1} KB, {times.Order().ElementAt(2).TotalMilliseconds:F1} ms");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(weight < MostBytes, $"{page} weighs {weight} bytes.");
            Assert.True(times.Order().ElementAt(2) < MaxTime, $"{page} takes {times.Order().ElementAt(2).TotalMilliseconds} ms.");

            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
            Assert.Equal("same-origin", answer.Headers.GetValues("Referrer-Policy").Single());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.DoesNotMatch(InlineCode(), html);
            answer.Dispose();
        }
    }

    [Fact]
    public async Task Errors_of_pages_are_pages_in_the_language_of_the_reader()
    {
        using var visitor = new Browser(app.Accounts.Address);
        var token = Browser.Token(await visitor.GetAsync("/login"));
        using var unstorable = await visitor.PostAsync("/login", new() { ["form_token"] = token, ["login"] = "a\0b", ["password"] = "x" });
        await ShouldBePageAsync(unstorable, HttpStatusCode.BadRequest, "couldn&#x27;t be read");
        using var noForm = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/login") { Content = new StringContent("{}") });
        await ShouldBePageAsync(noForm, HttpStatusCode.UnsupportedMediaType, "Something went wrong");
        using var brokenForm = new StringContent("--b\r\n");
        brokenForm.Headers.ContentType = new("multipart/form-data");
        using var broken = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/logout") { Content = brokenForm });
        await ShouldBePageAsync(broken, HttpStatusCode.BadRequest, "Something went wrong");
        using var missing = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/nothing-here") { Headers = { { "Accept", "text/html" }, { "Accept-Language", "de-CH, fr;q=0.5" } } });
        await ShouldBePageAsync(missing, HttpStatusCode.NotFound, "Seite nicht gefunden");
        using var wrongMethod = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/logout") { Headers = { { "Accept", "text/html" } } });
        await ShouldBePageAsync(wrongMethod, HttpStatusCode.MethodNotAllowed, "Page not found");
    }

    [Fact]
    public async Task Style_sheet_and_script_are_named_after_their_content_and_cached()
    {
        using var visitor = new Browser(app.Accounts.Address);
        foreach (var path in Asset().Matches(await visitor.GetAsync("/login")).Select(match => match.Value).Distinct())
        {
            using var answer = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, path));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }

        using var gone = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/assets/portal.000000000000.css"));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Programs_get_errors_as_JSON()
    {
        using var visitor = new Browser(app.Accounts.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/nothing") { Headers = { { "Accept", "text/html" } } };
        using var problem = await visitor.SendAsync(request);
        Assert.Equal("application/problem+json", problem.Content.Headers.ContentType!.MediaType);
        using var other = await visitor.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/nothing-here"));
        Assert.Equal("application/problem+json", other.Content.Headers.ContentType!.MediaType);
        Assert.Contains("swagger", await visitor.GetAsync("/docs/index.html"), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task ShouldBePageAsync(HttpResponseMessage answer, HttpStatusCode status, string text)
    {
        var html = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{status} was expected, but it was {answer.StatusCode}: {html}");
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("role=\"alert\"", html, StringComparison.Ordinal);
        Assert.Contains(text, html, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex("/assets/[a-z0-9.]+", RegexOptions.None, 1000)]
    private static partial Regex Asset();

    [GeneratedRegex("<script(?! src=)|<style|\\son[a-z]+=|\\sstyle=|javascript:", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex InlineCode();
}
