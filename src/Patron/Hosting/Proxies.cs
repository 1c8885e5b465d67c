using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Patron.Hosting;

/// <summary>Believes <c>X-Forwarded-For</c> and <c>-Proto</c> only from the proxies that the settings name; from nobody by default.</summary>
internal static class Proxies
{
    public static void Add(IServiceCollection services, IReadOnlyList<string> trusted) => services.Configure<ForwardedHeadersOptions>(options =>
    {
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        options.ForwardedHeaders = trusted.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
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
