namespace Patron.Shared.Results;

/// <summary>The kinds of expected errors, one for each row of the contract's status table.</summary>
public enum ErrorKind
{
    /// <summary>400: a business rule is violated.</summary>
    Rule,

    /// <summary>401: credentials are missing or invalid.</summary>
    Unauthenticated,

    /// <summary>403: the caller lacks permission.</summary>
    Forbidden,

    /// <summary>404: the record does not exist, or the caller may not see it.</summary>
    NotFound,

    /// <summary>409: another request with the same idempotency key is in progress.</summary>
    InProgress,

    /// <summary>409: the record's present state does not allow it.</summary>
    Conflict,

    /// <summary>412: If-Match names an outdated version.</summary>
    Stale,

    /// <summary>422: a format or value is invalid; the error names the fields.</summary>
    Invalid,

    /// <summary>429: too many attempts; the error says when to try again.</summary>
    RateLimited,

    /// <summary>503: a service that Patron depends on is unavailable; nothing was partially done.</summary>
    Unavailable,
}

/// <summary>
/// An expected error: its kind, a code for programs, a sentence a person can act on and, for invalid input, the fields. Codes are stable;
/// docs/errors.md lists them.
/// </summary>
public sealed record Error(ErrorKind Kind, string Code, string Detail)
{
    /// <summary>Field name to messages; only for <see cref="ErrorKind.Invalid"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Fields { get; init; }

    /// <summary>
    /// How long to wait before the next attempt; only for <see cref="ErrorKind.RateLimited"/> and <see cref="ErrorKind.Unavailable"/>.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The record that already has what was asked for; only for callers who may see it.</summary>
    public string? Existing { get; init; }

    /// <summary>All messages in one line, for output that has no room for fields.</summary>
    public string Sentence =>
        Fields is null ? Detail : string.Join(" ", Fields.Select(entry => $"{entry.Key}: {string.Join(" ", entry.Value)}"));

    public static Error Rule(string code, string detail) => new(ErrorKind.Rule, code, detail);

    public static Error Unauthenticated(string code, string detail) => new(ErrorKind.Unauthenticated, code, detail);

    public static Error Forbidden(string code, string detail) => new(ErrorKind.Forbidden, code, detail);

    public static Error NotFound(string code, string detail) => new(ErrorKind.NotFound, code, detail);

    public static Error Conflict(string code, string detail) => new(ErrorKind.Conflict, code, detail);

    public static Error RateLimited(string code, string detail, TimeSpan retryAfter) =>
        new(ErrorKind.RateLimited, code, detail) { RetryAfter = retryAfter };

    /// <summary>One field is invalid.</summary>
    public static Error Invalid(string field, string message)
    {
        var errors = new FieldErrors();
        errors.Add(field, message);
        return errors.ToError();
    }

    /// <summary>One field is missing.</summary>
    public static Error Required(string field) => Invalid(field, FieldErrors.Required);

    /// <summary>The same error with the field names that the caller used.</summary>
    public Error WithFieldNames(IReadOnlyDictionary<string, string> names)
    {
        if (Fields is null)
        {
            return this;
        }

        var renamed = new FieldErrors();
        foreach (var (field, messages) in Fields)
        {
            foreach (var message in messages)
            {
                renamed.Add(names.GetValueOrDefault(field, field), message);
            }
        }

        return renamed.ToError() with { Code = Code };
    }
}

/// <summary>Collects the errors of all fields of a request, so that one answer reports them together.</summary>
public sealed class FieldErrors
{
    /// <summary>The code of an error about fields.</summary>
    public const string Code = "invalid_fields";

    /// <summary>The message for a missing field.</summary>
    public const string Required = "This field is required.";

    private readonly Dictionary<string, List<string>> messages = new(StringComparer.Ordinal);

    public bool Any => messages.Count > 0;

    public void Add(string field, string message)
    {
        if (!messages.TryGetValue(field, out var list))
        {
            messages[field] = list = [];
        }

        if (!list.Contains(message, StringComparer.Ordinal))
        {
            list.Add(message);
        }
    }

    public void AddRequired(string field) => Add(field, Required);

    /// <summary>The collected messages as one 422. The detail repeats the first message, for clients that show only the detail.</summary>
    public Error ToError()
    {
        var (field, first) = messages.First();
        var detail = messages.Count == 1 ? $"{field}: {first[0]}" : $"{messages.Count} fields aren't valid. {field}: {first[0]}";
        return new Error(ErrorKind.Invalid, Code, detail)
        {
            Fields = messages.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value, StringComparer.Ordinal),
        };
    }
}
