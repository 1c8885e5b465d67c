using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Patron.Customers.Customers;

namespace Patron.Dialects.Customers;

/// <summary>The version of a record as an entity tag: <c>ETag: "3"</c>, and <c>If-Match</c> on writes (RFC 9110).</summary>
internal static class EntityTags
{
    /// <summary>The customer as it is answered, its tag in the headers.</summary>
    public static CustomerAnswer Tagged(this HttpContext http, Customer customer)
    {
        http.Tag(customer);
        return new CustomerAnswer(customer);
    }

    /// <summary>The customer's tag in the headers.</summary>
    public static void Tag(this HttpContext http, Customer customer) => http.Response.Headers.ETag = $"\"{customer.Version}\"";

    /// <summary>The versions <c>If-Match</c> takes; null without it and for <c>*</c>. A tag that is none of ours matches none.</summary>
    public static IReadOnlyCollection<long>? Expected(HttpContext http)
    {
        if (http.Request.Headers.IfMatch is not { Count: > 0 } header)
        {
            return null;
        }

        _ = EntityTagHeaderValue.TryParseList(header, out var tags);
        return tags?.Contains(EntityTagHeaderValue.Any) == true ? null : [.. (tags ?? []).Select(Version).OfType<long>()];
    }

    // Weak tags never match (RFC 9110, 13.1.1).
    private static long? Version(EntityTagHeaderValue tag) =>
        !tag.IsWeak && long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}
