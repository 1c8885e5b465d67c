namespace Patron.Shared.Results;

/// <summary>The expected kinds of 'no', one for each row of the contract's status table.</summary>
public enum ErrorKind
{
    /// <summary>400: a business rule says no.</summary>
    Rule,

    /// <summary>401: no or bad credentials.</summary>
    Unauthenticated,

    /// <summary>403: not allowed to do this at all.</summary>
    Forbidden,

    /// <summary>404: no such record, or not this caller's.</summary>
    NotFound,

    /// <summary>409: the same idempotency key is being worked on.</summary>
    InProgress,

    /// <summary>412: If-Match was given and is stale.</summary>
    Stale,

    /// <summary>422: invalid format or value; names the fields.</summary>
    Invalid,

    /// <summary>429: too many tries; says when to come back.</summary>
    RateLimited,

    /// <summary>503: something Patron depends on is away; nothing was half-done.</summary>
    Unavailable,
}

/// <summary>An expected 'no': its kind, a sentence a person can act on, and for invalid input the fields.</summary>
public sealed record Error(ErrorKind Kind, string Detail)
{
    /// <summary>Field name to messages; only for <see cref="ErrorKind.Invalid"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Fields { get; init; }

    /// <summary>When to come back; only for <see cref="ErrorKind.RateLimited"/> and <see cref="ErrorKind.Unavailable"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Everything that is wrong in one line, for those who hear no more than that.</summary>
    public string Sentence => Fields is null ? Detail : string.Join(" ", Fields.Select(one => $"{one.Key}: {string.Join(" ", one.Value)}"));

    public static Error Rule(string detail) => new(ErrorKind.Rule, detail);

    public static Error Unauthenticated(string detail) => new(ErrorKind.Unauthenticated, detail);

    public static Error Forbidden(string detail) => new(ErrorKind.Forbidden, detail);

    public static Error NotFound(string detail) => new(ErrorKind.NotFound, detail);

    public static Error RateLimited(string detail, TimeSpan retryAfter) => new(ErrorKind.RateLimited, detail) { RetryAfter = retryAfter };

    /// <summary>One field is invalid.</summary>
    public static Error Invalid(string field, string message)
    {
        var errors = new FieldErrors();
        errors.Add(field, message);
        return errors.ToError();
    }

    /// <summary>One field is missing.</summary>
    public static Error Required(string field) => Invalid(field, FieldErrors.Required);

    /// <summary>The same error with the fields under the names the caller used.</summary>
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

        return renamed.ToError();
    }
}

/// <summary>Collects what is wrong with the fields of one request, so that the caller hears of all of them at once.</summary>
public sealed class FieldErrors
{
    /// <summary>What is said of a field that is missing.</summary>
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

    /// <summary>The collected messages as one 422. The sentence repeats the first, for people who read no further.</summary>
    public Error ToError()
    {
        var (field, first) = messages.First();
        var detail = messages.Count == 1 ? $"{field}: {first[0]}" : $"{messages.Count} fields are not valid; {field}: {first[0]}";
        return new Error(ErrorKind.Invalid, detail)
        {
            Fields = messages.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value, StringComparer.Ordinal),
        };
    }
}
