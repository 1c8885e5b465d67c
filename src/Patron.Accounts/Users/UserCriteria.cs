using System.Text;
using Npgsql;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>
/// Search criteria for accounts, named like those of the customer search. A value that is null, blank or only accents is ignored, and all
/// others must match. Texts match anywhere in the field, regardless of case and accents; <c>%</c> and <c>_</c> are plain characters.
/// <paramref name="Query"/> searches names, email, phone and username; with one or two letters it matches the beginning of a word.
/// </summary>
public sealed record UserCriteria(string? Query, string? FirstName, string? LastName, string? Email, string? Phone)
{
    private const int MaxTextLength = 255;

    public string? Query { get; } = SearchText.NullIfEmpty(Query);

    public string? FirstName { get; } = SearchText.NullIfEmpty(FirstName);

    public string? LastName { get; } = SearchText.NullIfEmpty(LastName);

    public string? Email { get; } = SearchText.NullIfEmpty(Email);

    public string? Phone { get; } = SearchText.NullIfEmpty(Phone);

    /// <summary>Returns the errors of fields that are too long or invalid, or null.</summary>
    internal Error? Refusal()
    {
        var errors = new FieldErrors();
        foreach (var (name, text) in new[] { ("query", Query), ("first_name", FirstName), ("last_name", LastName), ("email", Email),
            ("phone", Phone) })
        {
            if (text is not null
                && (TextRules.IsLonger(text, MaxTextLength)
                    ? $"Use at most {MaxTextLength} characters."
                    : TextRules.Problem(text)) is { } message)
            {
                errors.Add(name, message);
            }
        }

        return errors.Any ? errors.ToError() : null;
    }
}

/// <summary>
/// Criteria as a SQL condition on <c>accounts.users u</c> with its parameters. Only given criteria become SQL, so each combination is a
/// separate statement with its own plan. Texts of three letters or more use the trigram index (<c>ix_users_search</c>).
/// </summary>
internal sealed class UserCriteriaSql
{
    private readonly StringBuilder sql = new("m.organization_id = $1");
    private readonly List<NpgsqlParameter> parameters = [];
    private readonly TextSearch search;

    public UserCriteriaSql(Guid organizationId, UserCriteria criteria)
    {
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = organizationId });
        search = new TextSearch("u.search_text", Add);
        if (criteria.Query is { } query)
        {
            And(search.Anywhere(query));
        }

        AddLines(criteria.FirstName, 2, 1);
        AddLines(criteria.LastName, 3, 2);
        AddLines(criteria.Email, 4, 3);
        AddLines(criteria.Phone, 1, 4, 5);
    }

    /// <summary>Creates the command that reads the ids of matching members, at most <paramref name="limit"/>.</summary>
    public NpgsqlCommand CreateCommand(NpgsqlConnection connection, int limit)
    {
        var command = new NpgsqlCommand(
            $"SELECT u.id FROM accounts.users u JOIN accounts.memberships m ON m.user_id = u.id WHERE {sql} LIMIT {limit}", connection);
        command.Parameters.AddRange(parameters.ToArray());
        return command;
    }

    private void AddLines(string? text, int added, params ReadOnlySpan<int> lines)
    {
        if (text is not null)
        {
            And(search.InLines(text, lines, added));
        }
    }

    private void And(string condition) => sql.Append(" AND ").Append(condition);

    private string Add(string text)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        return $"${parameters.Count}";
    }
}
