using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Patron.Demo;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;

namespace Patron.IntegrationTests.Processes;

/// <summary>The demo, whose start makes two years of a company.</summary>
[Collection(nameof(Alone))]
public sealed class DemoTests : IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Demo_has_documents_logins_and_mails_and_starts_twice()
    {
        long customers;
        await using (var patron = await PatronProcess.StartAsync(folder.Location, null, "--demo"))
        {
            await patron.UntilAsync(() => Task.FromResult(patron.Output.Contains("was invited", StringComparison.Ordinal)));
            Assert.All(
                [$"{patron.Address}console", $"{patron.Address}login", $"{patron.Address}docs", Path.Combine(folder.Location, "mail"), "jane@demo.example", DemoSettings.CustomerPassword, DemoSettings.StaffEmail, DemoSettings.StaffPassword],
                shown => Assert.Contains(shown, patron.Output, StringComparison.Ordinal));
            await patron.UntilAsync(() => Task.FromResult(
                (patron.Output + patron.Errors).Contains($"the portal is at {patron.Address}login", StringComparison.Ordinal)));
            await patron.UntilAsync(() => Task.FromResult(Directory.Exists(In("mail")) && Directory.GetFiles(In("mail"), "*.eml").Length == 1));

            var jane = await patron.TokenAsync("jane@demo.example", DemoSettings.CustomerPassword);
            var dashboard = await JsonAsync(patron, "/api/portal/dashboard/", jane);
            var invoices = dashboard.GetProperty("billing").GetProperty("items").EnumerateArray().ToList();
            Assert.Equal(["EUR", "USD"], invoices.Select(invoice => invoice.GetProperty("currency").GetString()!).Distinct().Order());
            Assert.Equal(["open", "paid", "partly_paid"], invoices.Select(invoice => invoice.GetProperty("state").GetString()!).Distinct().Order());
            Assert.Contains(invoices, invoice => invoice.GetProperty("is_overdue").GetBoolean());
            Assert.True(dashboard.GetProperty("orders").GetProperty("total").GetInt32() > 1);
            Assert.True(dashboard.GetProperty("tickets").GetProperty("total").GetInt32() > 1);
            Assert.Equal(2, dashboard.GetProperty("arrears").GetProperty("items").GetArrayLength());

            var pdf = await patron.GetAsync($"/api/portal/documents/invoices/{invoices[0].GetProperty("id")}/pdf/", jane);
            Assert.Equal(HttpStatusCode.OK, pdf.StatusCode);
            Assert.StartsWith("%PDF-", await pdf.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.NotFound, (await patron.GetAsync("/api/portal/documents/invoices/301/", jane)).StatusCode);

            await ExamplesShouldFindSomethingAsync(patron);
            await CompanyShouldBeAliveAsync(patron);
            customers = await CountCustomersAsync(patron);
            Assert.InRange(customers, 1_900, 2_200);
            Assert.Equal(0, await patron.StopAsync());
        }

        await using var again = await PatronProcess.StartAsync(folder.Location, null, "--demo");
        await again.UntilAsync(() => Task.FromResult(again.Output.Contains("The demo is ready", StringComparison.Ordinal)));
        Assert.Equal(customers, await CountCustomersAsync(again));
        Assert.Single(Directory.GetFiles(In("mail"), "*.eml"));
    }

    [Fact]
    public async Task Real_data_folder_refuses_the_demo_and_gets_none_of_its_data()
    {
        Assert.Equal(0, (await PatronCommandLine.RunAsync(PatronProcess.Administrator, ["migrate", "--data", folder.Location])).Status);

        var refused = await PatronCommandLine.RunAsync("serve", "--demo", "--data", folder.Location);

        Assert.Equal(1, refused.Status);
        Assert.Contains("This database is not one of the demo", refused.Errors, StringComparison.Ordinal);
        await using var patron = await PatronProcess.StartAsync(folder.Location);
        var list = await patron.GetAsync("/api/v1/customers/", await patron.TokenAsync());
        Assert.Equal("[]", await list.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("an ERP of its own", "Odoo__Url", "https://odoo.example.com", "Odoo__Database", "company", "Odoo__ApiKey", "0123456789abcdef")]
    [InlineData("an ERP of its own", "Erp__Source", "csv", "Erp__Folder", "/srv/erp")]
    [InlineData("Mail:Host is set", "Mail__Host", "mail.example.com", "Mail__From", "patron@example.com")]
    public async Task Settings_of_a_real_company_refuse_the_demo(string reason, params string[] settings)
    {
        var environment = settings.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

        var refused = await PatronCommandLine.RunAsync(environment, ["serve", "--demo", "--data", folder.Location]);

        Assert.Equal(1, refused.Status);
        Assert.Contains(reason, refused.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Cluster));
    }

    private string In(string name) => Path.Combine(folder.Location, name);

    private static async Task<JsonElement> JsonAsync(PatronProcess patron, string path, string token)
    {
        var answer = await patron.GetAsync(path, token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("data");
    }

    // What each page of the console shows, by the API that the same use cases serve.
    private static async Task CompanyShouldBeAliveAsync(PatronProcess patron)
    {
        var staff = await patron.TokenAsync(DemoSettings.StaffEmail, DemoSettings.StaffPassword);
        var growth = await PlainAsync("/api/v1/statistics/growth?unit=month&periods=24");
        Assert.True(growth.GetProperty("periods").EnumerateArray().Count(period => period.GetProperty("created_customers").GetInt64() > 0) > 22);
        Assert.True(growth.GetProperty("ages").GetArrayLength() > 4);
        Assert.True(growth.GetProperty("cities").GetProperty("top").EnumerateObject().Count() > 5);
        Assert.True(growth.GetProperty("countries").GetProperty("top").EnumerateObject().Count() > 5);

        var activation = await PlainAsync("/api/v1/statistics/activation");
        var funnel = new[] { "synced", "invited", "came", "active" }.Select(step => activation.GetProperty(step).GetInt64()).ToList();
        Assert.True(funnel.Last() > 100);
        Assert.Equal(funnel.OrderDescending(), funnel);
        Assert.True(activation.GetProperty("sign_ins_by_day").EnumerateArray().Count(day => day.GetProperty("sign_ins").GetInt64() > 0) > 25);
        Assert.Equal(15, (await PlainAsync("/api/v1/statistics/sync")).GetProperty("data").GetArrayLength());
        foreach (var state in new[] { "queued", "invited", "never_came", "came", "withdrawn", "declined" })
        {
            Assert.NotEqual(0, (await PlainAsync($"/api/portal/invitations/?state={state}")).GetProperty("data").GetArrayLength());
        }

        string[] kinds = ["sync_conflict", "key_collision", "change_request", "offer_expiring", "invitation_expiring", "mail_given_up", "duplicate"];
        await patron.UntilAsync(async () =>
        {
            var counts = (await PlainAsync("/api/v1/inbox/")).GetProperty("counts");
            return kinds.All(kind => counts.TryGetProperty(kind, out var count) && count.GetInt64() > 0);
        });
        Assert.Equal(
            ["applied", "applied", "ready"],
            (await PlainAsync("/api/v1/jobs/")).EnumerateArray().Select(job => job.GetProperty("state").GetString()!).Order());
        Assert.Equal(3, (await PlainAsync("/api/v1/segments/")).GetArrayLength());
        Assert.Equal(1, (await PlainAsync("/api/v1/merges")).GetProperty("merges").GetArrayLength());

        var customer = (await PlainAsync("/api/v1/customers/email/customer2@demo.example")).GetProperty("customer_id").GetString();
        var timeline = await PlainAsync($"/api/v1/customers/{customer}/timeline?limit=200");
        var kindsOfCustomer = timeline.EnumerateArray().Select(entry => entry.GetProperty("kind").GetString()!).ToHashSet();
        Assert.Superset(new HashSet<string> { "record", "link", "account", "invitation", "request", "comment", "consent" }, kindsOfCustomer);

        async Task<JsonElement> PlainAsync(string path)
        {
            var answer = await patron.GetAsync(path, staff);
            var body = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path} answers {answer.StatusCode}: {body}");
            return JsonDocument.Parse(body).RootElement;
        }
    }

    // Whoever tries the reference with the demo sends its examples.
    private static async Task ExamplesShouldFindSomethingAsync(PatronProcess patron)
    {
        using var document = JsonDocument.Parse(await patron.Client.GetStringAsync("/openapi/v1.json"));
        var signedIn = await (await PostExampleAsync("/api/auth/login", null)).ShouldBeAsync(HttpStatusCode.OK);
        var token = signedIn.GetProperty("access_token").GetString()!;
        var found = await (await PostExampleAsync("/api/v1/customers/search", token)).ShouldBeAsync(HttpStatusCode.OK);
        Assert.True(found.GetProperty("total").GetInt64() > 0);
        foreach (var path in new[] { "/api/v1/customers/location/search", "/api/v1/customers/tags/{tags}", "/api/v1/customers/available/cities", "/api/v1/customers/email/{email}" })
        {
            var answer = await patron.GetAsync(WithExamples(path), token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.NotEqual("[]", await answer.Content.ReadAsStringAsync());
        }

        async Task<HttpResponseMessage> PostExampleAsync(string path, string? caller)
        {
            var body = document.RootElement.GetProperty("paths").GetProperty(path).GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example");
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{path}/") { Content = JsonContent.Create(body) };
            request.Headers.Authorization = caller is null ? null : new AuthenticationHeaderValue("Bearer", caller);
            return await patron.Client.SendAsync(request);
        }

        string WithExamples(string path)
        {
            var (filled, query) = (path, new List<string>());
            foreach (var parameter in document.RootElement.GetProperty("paths").GetProperty(path).GetProperty("get").GetProperty("parameters").EnumerateArray().Where(parameter => parameter.TryGetProperty("example", out _)))
            {
                var (name, value) = (parameter.GetProperty("name").GetString()!, parameter.GetProperty("example").GetString()!);
                filled = filled.Replace($"{{{name}}}", value, StringComparison.Ordinal);
                if (parameter.GetProperty("in").GetString() == "query")
                {
                    query.Add($"{name}={value}");
                }
            }

            return $"{filled}?{string.Join('&', query)}";
        }
    }

    private static async Task<long> CountCustomersAsync(PatronProcess patron)
    {
        var staff = await patron.TokenAsync(DemoSettings.StaffEmail, DemoSettings.StaffPassword);
        var list = await patron.GetAsync("/api/v1/customers/?limit=1", staff);
        return long.Parse(list.Headers.GetValues("X-Total-Count").Single());
    }
}
