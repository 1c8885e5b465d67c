using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Patron.Hosting;

/// <summary>
/// Accepts <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> only from the configured proxies; by default there are
/// none. Several proxies can be in a row: entries are read from the right, up to the first address that is not trusted.
/// </summary>
internal static class Proxies
{
    public static void Add(IServiceCollection services, IReadOnlyList<string> trusted) =>
        services.Configure<ForwardedHeadersOptions>(options =>
    {
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        options.ForwardedHeaders = trusted.Count == 0
            ? ForwardedHeaders.None
            : ForwardedHeaders.All;
        options.ForwardLimit = null;
        foreach (var proxy in trusted)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                options.KnownProxies.Add(address);
            }
            else
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }
    });
}
