using System.Text.RegularExpressions;
using Patron.Shared.Results;
using Patron.Tests;
using Patron.Web.Http;

namespace Patron.UnitTests.Architecture;

/// <summary>docs/errors.md lists every code of an error with its status, and no other one.</summary>
public sealed partial class ErrorCodesTests
{
    private static readonly Dictionary<string, int> StatusOfConstants = new(StringComparer.Ordinal)
    {
        ["body_too_large"] = 413, ["charset_unknown"] = 415, ["internal_error"] = 500, ["invalid_fields"] = 422, ["method_not_allowed"] = 405,
        ["not_json"] = 415, ["other_role"] = 404, ["path_not_found"] = 404, ["request_unreadable"] = 400, ["session_ended"] = 401,
        ["token_expired"] = 401, ["token_invalid"] = 401,
    };

    [Fact]
    public void Every_code_is_documented_with_its_statuses()
    {
        var used = Sources().SelectMany(text => Used().Matches(text)).Select(match => (Code: match.Groups["code"].Value, Status: StatusOf(match)))
            .Concat(StatusOfConstants.Select(pair => (Code: pair.Key, Status: pair.Value)))
            .GroupBy(use => use.Code, use => use.Status, StringComparer.Ordinal)
            .Select(uses => $"{uses.Key}: {string.Join(", ", uses.Distinct().Order())}");
        var documented = Documented().Matches(File.ReadAllText(Path.Combine(Checkout.Folder, "docs", "errors.md")))
            .Select(match => $"{match.Groups["code"].Value}: {match.Groups["statuses"].Value}");

        Assert.Equal(used.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Codes_without_an_error_of_their_own_exist_in_the_source()
    {
        var sources = string.Concat(Sources());
        Assert.All(StatusOfConstants.Keys, code => Assert.Contains($"\"{code}\"", sources, StringComparison.Ordinal));
    }

    private static int StatusOf(Match use)
    {
        var kind = use.Groups["kind"].Success ? use.Groups["kind"].Value : nameof(ErrorKind.Unavailable);
        return Problems.Status(Enum.Parse<ErrorKind>(kind));
    }

    private static IEnumerable<string> Sources() => Directory
        .EnumerateFiles(Path.Combine(Checkout.Folder, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);

    // Error.Rule("code", ...), new Error(ErrorKind.Rule, "code", ...) and Unavailable("code", ...).
    [GeneratedRegex(
        """(Error\.(?<kind>Rule|Unauthenticated|Forbidden|NotFound|Conflict|RateLimited)\(|ErrorKind\.(?<kind>\w+),|Unavailable\()\s*"(?<code>[a-z_]+)",""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Used();

    [GeneratedRegex(@"^\| `(?<code>\w+)` \| (?<statuses>[0-9, ]+) \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Documented();
}
