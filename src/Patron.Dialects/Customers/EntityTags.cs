using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Patron.Customers.Customers;

namespace Patron.Dialects.Customers;

/// <summary>Entity tags with the version of a record: <c>ETag: "3"</c> in answers and <c>If-Match</c> in writes (RFC 9110).</summary>
internal static class EntityTags
{
    /// <summary>Sets the ETag header and returns the answer for the customer.</summary>
    public static CustomerAnswer Tagged(this HttpContext http, Customer customer)
    {
        http.Tag(customer);
        return new CustomerAnswer(customer);
    }

    /// <summary>Sets the ETag header.</summary>
    public static void Tag(this HttpContext http, Customer customer) => http.Response.Headers.ETag = $"\"{customer.Version}\"";

    /// <summary>
    /// The versions in <c>If-Match</c>; null if it is missing or <c>*</c>. Unknown tags are ignored, so that they match no version.
    /// </summary>
    public static IReadOnlyCollection<long>? Expected(HttpContext http)
    {
        if (http.Request.Headers.IfMatch is not { Count: > 0 } header)
        {
            return null;
        }

        _ = EntityTagHeaderValue.TryParseList(header, out var tags);
        return tags?.Contains(EntityTagHeaderValue.Any) == true ? null : [.. (tags ?? []).Select(Version).OfType<long>()];
    }

    // Deviates from RFC 9110, 13.1.1, by which a weak tag never matches: a proxy that compresses answers (nginx with gzip) makes our tag
    // weak, and every guarded write through it would be 412. The version stands for the whole record, in whatever encoding it was sent.
    private static long? Version(EntityTagHeaderValue tag) =>
        long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;
}
