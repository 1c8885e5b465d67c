using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Patron.Hosting;
using Patron.IntegrationTests.Accounts;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.Tradeline;
using Patron.Shared;

namespace Patron.IntegrationTests.Odoo;

/// <summary>Amounts and dates of the ERP are the same in a process of any culture.</summary>
public sealed partial class CultureTests(PatronWithOdoo app) : IClassFixture<PatronWithOdoo>
{
    [Theory]
    [InlineData("th-TH", "en")]
    [InlineData("ar-SA", "en")]
    [InlineData("de-DE", "en")]
    [InlineData("tr-TR", "de")]
    public async Task Dashboard_is_the_same_in_every_culture(string culture, string language)
    {
        var (expected, expectedShown) = await ReadAsync("", language);
        var (read, shown) = await ReadAsync(culture, language);

        Assert.Subset(expected.ToHashSet(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal) { "1234.5", "50.25", "USD" });
        Assert.Equal(expected, read);
        Assert.True(expectedShown.Count > 8, string.Join('\n', expectedShown));
        Assert.Contains(expectedShown, text => text.Contains(language == "de" ? "1.234,50" : "1,234.50", StringComparison.Ordinal));
        Assert.Equal(expectedShown, shown);
    }

    // What the API and the page of a new customer with the same documents show in a process of this culture.
    private async Task<(IReadOnlyList<string> Api, IReadOnlyList<string> Page)> ReadAsync(string culture, string language)
    {
        var partner = app.NewPartner();
        app.Company.SplitInvoice(app.Company.AddInvoice(partner, 1234.50m, dueInDays: -40), (1000.50m, -40), (234m, -10));
        app.Company.AddOrder(partner, 50.25m);
        app.Company.AddTask(partner, "Printer");
        var person = await app.CustomerOfAsync(partner);
        await using var server = await RunningPatron.StartAsync(
            app.Accounts.ConnectionString, ProcessRole.All, app.Odoo.Settings(("Odoo:Schedule", "never")), app.Time,
            addServices: services => services.AddSingleton<IStartupFilter>(new ForeignCulture(CultureInfo.GetCultureInfo(culture))));

        using var answer = await server.SendAsync(HttpMethod.Get, "/api/portal/dashboard", person);
        var data = (await answer.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("data");
        var sections = new[] { "billing", "arrears", "tickets", "orders" }.Select(section => data.GetProperty(section).GetProperty("items"));
        var values = sections.SelectMany(items => items.EnumerateArray()).SelectMany(item => item.EnumerateObject())
            .Where(member => member.Name is not ("id" or "number" or "reference")).Select(member => Clock().Replace(member.Value.ToString(), ""));

        var cookie = TradelineCalls.ByCookie(await app.CookieAsync(person.Email, person.Password));
        using var page = await server.SendAsync(HttpMethod.Get, "/dashboard", null, null, cookie, ("Accept-Language", language));
        var html = await page.Content.ReadAsStringAsync();
        Assert.True(page.StatusCode == HttpStatusCode.OK, html);
        return ([.. values], [.. Shown().Matches(html).Select(match => Clock().Replace(match.Value, ""))]);
    }

    [GeneratedRegex("<time.*?</time>|<span class=\"money\">.*?</span>", RegexOptions.Singleline, 1000)]
    private static partial Regex Shown();

    // The documents of both readings were made some seconds apart.
    [GeneratedRegex("[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Clock();

    /// <summary>Runs every request in this culture, as if it were the machine's. Other tests of the process keep theirs.</summary>
    private sealed class ForeignCulture(CultureInfo culture) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (http, following) =>
            {
                (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, culture);
                await following(http);
            });
            next(app);
        };
    }
}
