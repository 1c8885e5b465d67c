using System.Net;
using Patron.IntegrationTests.Crm;
using Patron.IntegrationTests.Hosting;
using Patron.Shared.Callers;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>Who may see and send every page and form of the console, over HTTP. Routes are read from the server, so that none is forgotten.</summary>
public sealed class ConsoleRightsTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Mine = "/console/1";

    // Pages that only some staff may see; the others are for all of them.
    private static readonly string[] ForOwners = ["/keys"];
    private static readonly string[] ForAdministrators = ["/sync", "/users", "/mail", "/organizations", "/health"];

    [Fact]
    public async Task Nobody_but_staff_of_the_organization_gets_a_page_or_sends_a_form()
    {
        using var anonymous = new Browser(app.Accounts.Address);
        using var customer = await Browser.SignedInAsync(app, await app.CustomerAsync());
        var owner = await app.RegisterAsync();
        await app.CreateOrganizationAsync(owner);
        using var foreign = await Browser.SignedInAsync(app, owner);
        var other = (await app.CreateOrganizationAsync(await app.RegisterAsync())).Number();

        foreach (var (method, path) in Routes())
        {
            await ShouldBeAsync(anonymous, method, path, HttpStatusCode.Found, "/login");
            await ShouldBeAsync(customer, method, path, HttpStatusCode.SeeOther, "/dashboard");
            await ShouldBeAsync(foreign, method, path, HttpStatusCode.SeeOther, "/dashboard"); // A customer of home, staff elsewhere.
            await ShouldBeAsync(foreign, method, path.Replace(Mine, $"/console/{other}", StringComparison.Ordinal), HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Every_page_opens_for_those_it_is_for_and_is_refused_to_other_staff()
    {
        using var administrator = await Browser.SignedInAsync(app, RunningPatron.AdminEmail, RunningPatron.AdminPassword);
        using var owner = await Browser.SignedInAsync(app, await MemberAsync(OrganizationRole.Vendor));
        using var employee = await Browser.SignedInAsync(app, await MemberAsync(OrganizationRole.Employee));

        foreach (var (_, path) in Routes().Where(route => route.Method == HttpMethod.Get))
        {
            var topic = path[Mine.Length..];
            var isForAdministrators = ForAdministrators.Any(prefix => topic.StartsWith(prefix, StringComparison.Ordinal));
            var isForOwners = ForOwners.Any(prefix => topic.StartsWith(prefix, StringComparison.Ordinal));
            await ShouldOpenAsync(administrator, path, isAllowed: true);
            await ShouldOpenAsync(owner, path, !isForAdministrators);
            await ShouldOpenAsync(employee, path, !isForAdministrators && !isForOwners);
        }
    }

    private async Task<Person> MemberAsync(OrganizationRole role)
    {
        var person = await app.RegisterAsync();
        await app.MakeMemberAsync(person.Email, role, await app.AccountsSqlAsync<Guid>("SELECT id FROM accounts.organizations WHERE is_home"));
        return person;
    }

    // With names that lead to nothing: whoever may not come in must not learn whether it exists.
    private List<(HttpMethod Method, string Path)> Routes() => ConsoleRoutes.Read(app, Guid.Empty.ToString());

    private static async Task ShouldBeAsync(Browser browser, HttpMethod method, string path, HttpStatusCode status, string? location = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Post)
        {
            var page = await browser.GetAsync(location == "/login" ? "/login" : "/security");
            request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["form_token"] = Browser.Token(page) });
        }

        using var answer = await browser.SendAsync(request);
        Assert.True(answer.StatusCode == status, $"{method} {path} answers {answer.StatusCode} instead of {status}.");
        if (location is not null)
        {
            Assert.StartsWith(location, answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        }
    }

    private static async Task ShouldOpenAsync(Browser browser, string path, bool isAllowed)
    {
        using var answer = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, path));
        var isOpen = answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound or HttpStatusCode.SeeOther;
        Assert.True(
            isAllowed ? isOpen : answer.StatusCode == HttpStatusCode.Forbidden,
            $"{path} answers {answer.StatusCode} although it is {(isAllowed ? "" : "not ")}allowed.");
    }
}
