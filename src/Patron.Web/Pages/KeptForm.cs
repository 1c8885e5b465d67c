using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Patron.Shared.Results;
using Patron.Web.Http;

namespace Patron.Web.Pages;

/// <summary>
/// A form that is shown again as it was typed: after a refusal, a change of language, or an ended session. It is an encrypted cookie of its
/// page, so that the server stores nothing and any process can show it. Only the same person sees it, once, within ten minutes.
/// </summary>
public sealed partial record KeptForm(
    string Path, string FormId, Guid? UserId, Dictionary<string, string> Fields, DateTimeOffset ExpiresAt)
{
    /// <summary>The fields in which a form names its page and itself.</summary>
    public const string PageField = "form_page";
    public const string IdField = "form_id";

    private const string CookieName = "kept_form";
    private const int MaxCookieLength = 3_500; // Browsers keep cookies of 4 096 bytes, with name and attributes.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // Neither passwords nor codes, and nothing that the page writes itself.
    private static readonly FrozenSet<string> NotKept = new[]
    {
        "password", "password_confirmation", "current_password", "code", "form_token", "language", PageField, IdField,
    }.ToFrozenSet(StringComparer.Ordinal);

    public Error? Error { get; init; }

    /// <summary>The field that an error without fields is about.</summary>
    public string? RuleField { get; init; }

    [JsonIgnore]
    public FormState State => Error is null ? FormState.Typed(Input) : FormState.Refused(Input, Error, RuleField);

    private FormInput Input => new(new FormCollection(
        Fields.ToDictionary(typed => typed.Key, typed => new StringValues(typed.Value), StringComparer.Ordinal)));

    /// <summary>The address of the page with this form: the one it names, else the page that its own address begins with.</summary>
    public static string PageOf(HttpRequest request, FormInput input) =>
        input[PageField] is { Length: > 0 } page && PlainPath().IsMatch(page.Split('?')[0])
            ? ReturnAddress.Sanitize(page)
            : "/" + request.Path.Value!.Split('/')[1];

    /// <summary>Keeps the form for the next request of its page.</summary>
    public static void Keep(HttpContext http, FormInput input, Guid? userId, Error? error = null, string? ruleField = null)
    {
        var path = PageOf(http.Request, input).Split('?')[0];
        var fields = input.Fields.Where(field => !NotKept.Contains(field.Name))
            .ToDictionary(field => field.Name, field => field.Text, StringComparer.Ordinal);
        Keep(http, new KeptForm(path, input[IdField], userId, fields, Now(http) + Lifetime) { Error = error, RuleField = ruleField });
    }

    /// <summary>Returns the kept form of the requested page, and deletes it. Null if there is none for this person.</summary>
    public static KeptForm? Consume(HttpContext http)
    {
        if (http.Request.Cookies[CookieName] is not { Length: > 0 } cookie || Read(http, cookie) is not { } kept
            || http.Request.Path != kept.Path)
        {
            return null;
        }

        http.Response.Cookies.Delete(CookieName, CookieAttributes.For(http, kept.Path));
        return kept.ExpiresAt > Now(http) && kept.UserId == http.Caller().UserId ? kept : null;
    }

    /// <summary>Fills a form of another page for an anonymous caller.</summary>
    public static void Keep(HttpContext http, string path, string formId, Dictionary<string, string> fields) =>
        Keep(http, new KeptForm(path, formId, null, fields, Now(http) + Lifetime));

    private static void Keep(HttpContext http, KeptForm kept)
    {
        var cookie = Write(http, kept);
        if (cookie.Length > MaxCookieLength)
        {
            cookie = Write(http, kept with { Fields = [] }); // Far longer than any text that a form takes.
        }

        var attributes = CookieAttributes.For(http, kept.Path);
        attributes.MaxAge = Lifetime;
        http.Response.Cookies.Append(CookieName, cookie, attributes);
    }

    private static string Write(HttpContext http, KeptForm kept) =>
        Protector(http).Protect(JsonSerializer.Serialize(kept, KeptFormJson.Default.KeptForm));

    private static KeptForm? Read(HttpContext http, string cookie)
    {
        try
        {
            return JsonSerializer.Deserialize(Protector(http).Unprotect(cookie), KeptFormJson.Default.KeptForm);
        }
        catch (CryptographicException)
        {
            return null; // Written by someone else, or with another master key.
        }
    }

    private static IDataProtector Protector(HttpContext http) =>
        http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("patron kept forms 1");

    private static DateTimeOffset Now(HttpContext http) => http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    // The path becomes an attribute of the cookie.
    [GeneratedRegex("^(/[A-Za-z0-9_-]+)+$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex PlainPath();
}

[JsonSerializable(typeof(KeptForm))]
internal sealed partial class KeptFormJson : JsonSerializerContext;
