using System.Text.Json;
using Patron.Shared.Callers;

namespace Patron.Shared.Tokens;

/// <summary>
/// Reads claims of one JSON object. A claim that is missing or of the wrong type makes the whole object
/// <see cref="Malformed"/>, whatever was read before or after it. An optional claim may be absent or null.
/// </summary>
internal sealed class ClaimReader(JsonElement json)
{
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public bool Malformed { get; private set; }

    public string RequiredText(string name) => OptionalText(name) ?? Fail("");

    public string? OptionalText(string name) => Optional(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => Fail<string?>(null),
    };

    public Guid? OptionalGuid(string name) => Optional(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value when value.TryGetGuid(out var guid) => guid,
        _ => Fail<Guid?>(null),
    };

    public bool Flag(string name) => Optional(name) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        _ => Fail(false),
    };

    public DateTimeOffset RequiredTime(string name) => OptionalTime(name) ?? Fail(default(DateTimeOffset));

    // RFC 7519 would allow fractions of a second; this issuer writes none, so a fraction is somebody else's idea of a token.
    public DateTimeOffset? OptionalTime(string name) => Optional(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var seconds) && seconds >= 0 && seconds <= LastSecond
            => DateTimeOffset.FromUnixTimeSeconds(seconds),
        _ => Fail<DateTimeOffset?>(null),
    };

    // RFC 7519, section 4.1.3: one text or an array of them.
    public string[] Audience(string name) => Optional(name) switch
    {
        { ValueKind: JsonValueKind.String } value => [value.GetString()!],
        { ValueKind: JsonValueKind.Array } values when values.EnumerateArray().All(value => value.ValueKind == JsonValueKind.String)
            => [.. values.EnumerateArray().Select(value => value.GetString()!)],
        _ => Fail<string[]>([]),
    };

    public Membership[] Memberships(string name) => Optional(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } values => [.. values.EnumerateArray().Select(ReadMembership)],
        _ => Fail<Membership[]>([]),
    };

    /// <summary>The API key, of which a token has all three claims or none: half a grant is no grant.</summary>
    public ApiKeyGrant? Key() => (OptionalGuid("key"), OptionalGuid("organization"), OptionalText("scope")) switch
    {
        (null, null, null) => null,
        ({ } id, { } organization, { } scope) => new ApiKeyGrant(id, organization, SplitScopes(scope)),
        _ => Fail<ApiKeyGrant?>(null),
    };

    private string[] SplitScopes(string scopes)
    {
        var words = scopes.Length == 0 ? [] : scopes.Split(' ');
        return words.All(word => word.Length > 0) ? words : Fail<string[]>([]);
    }

    private Membership ReadMembership(JsonElement element)
    {
        var membership = new Membership(Guid.Empty, 0, OrganizationRole.Customer);
        if (element.ValueKind != JsonValueKind.Object
            || !element.TryGetProperty("number", out var number) || number.ValueKind != JsonValueKind.Number
            || !number.TryGetInt64(out var value)
            || !Guid.TryParseExact(element.Text("id"), "D", out var id))
        {
            return Fail(membership);
        }

        return element.Text("role") switch
        {
            "vendor" => new Membership(id, value, OrganizationRole.Vendor),
            "employee" => new Membership(id, value, OrganizationRole.Employee),
            "customer" => new Membership(id, value, OrganizationRole.Customer),
            _ => Fail(membership),
        };
    }

    private JsonElement? Optional(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private T Fail<T>(T placeholder)
    {
        Malformed = true;
        return placeholder;
    }
}
