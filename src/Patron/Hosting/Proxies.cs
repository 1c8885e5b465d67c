using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Patron.Hosting;

/// <summary>
/// Accepts <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> only from the configured proxies; by default there are none.
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
            : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
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
