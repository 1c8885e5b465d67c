using Microsoft.AspNetCore.HttpOverrides;
using IPAddress = System.Net.IPAddress;
using IPNetwork = System.Net.IPNetwork;

namespace Patron.Hosting;

/// <summary>
/// Accepts <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> only from the configured proxies; by default there are
/// none. Several proxies can be in a row: entries are read from the right, up to the first address that is not trusted.
/// </summary>
internal static class Proxies
{
    private const int BitsPerByte = 8;
    private const int MappedPrefixLength = 96; // Of ::ffff:0:0/96.

    public static void Add(IServiceCollection services, IReadOnlyList<string> trusted) =>
        services.Configure<ForwardedHeadersOptions>(options =>
    {
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        options.ForwardedHeaders = trusted.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.All;
        options.ForwardLimit = null;
        foreach (var proxy in trusted)
        {
            options.KnownIPNetworks.Add(ToNetwork(proxy));
        }
    });

    // The peer of a connection has an address of IPv4, also if the setting writes it as ::ffff:10.0.0.1.
    private static IPNetwork ToNetwork(string proxy)
    {
        var network = IPAddress.TryParse(proxy, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * BitsPerByte)
            : IPNetwork.Parse(proxy);
        return network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedPrefixLength
            ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedPrefixLength)
            : network;
    }
}
