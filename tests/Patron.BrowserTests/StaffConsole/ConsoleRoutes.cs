using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.IntegrationTests.Hosting;
using Patron.Web.Pages;

namespace Patron.BrowserTests.StaffConsole;

/// <summary>The pages and forms of the console, read from the server, so that none is forgotten.</summary>
internal static partial class ConsoleRoutes
{
    /// <summary>All methods and addresses in the home organization, with this text for ids and 1 for numbers.</summary>
    public static List<(HttpMethod Method, string Path)> Read(PatronApp app, string id)
    {
        var routes = app.Accounts.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IsPage>() is not null
                && endpoint.RoutePattern.RawText!.StartsWith("/console/{organization", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Where(method => method is "GET" or "POST")
                .Select(method => (HttpMethod.Parse(method), Address(endpoint.RoutePattern.RawText!, id))))
            .Distinct().ToList();
        Assert.True(routes.Count > 20, "The routes were not found.");
        return routes;
    }

    private static string Address(string pattern, string id) => Parameter().Replace(
        pattern.Replace("{organization:long}", "1", StringComparison.Ordinal),
        name => name.Value.EndsWith(":long}", StringComparison.Ordinal) ? "1" : name.Value == "{topic}" ? "person" : id);

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
