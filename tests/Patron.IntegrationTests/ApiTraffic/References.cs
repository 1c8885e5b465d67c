using System.Text.Json;

namespace Patron.IntegrationTests.ApiTraffic;

internal static class References
{
    /// <summary>What <c>$ref</c> in this part of the document refers to; the part itself without one.</summary>
    public static JsonElement Follow(this JsonElement document, JsonElement part) => part.TryGetProperty("$ref", out var reference)
        ? reference.GetString()!.Split('/').Skip(1).Aggregate(document, (place, name) => place.GetProperty(name))
        : part;
}
