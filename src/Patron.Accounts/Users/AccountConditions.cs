using System.Text;
using Npgsql;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>
/// Criteria as a SQL condition on <c>accounts.users u</c> and its parameters. Only what is asked for becomes SQL, so each combination is
/// a statement of its own with a plan of its own. Three letters or more go through the trigram index (<c>ix_users_search</c>).
/// </summary>
internal sealed class AccountConditions
{
    // An index of trigrams needs three letters.
    private const int TrigramLength = 3;

    private readonly StringBuilder sql = new("m.organization_id = $1");
    private readonly List<NpgsqlParameter> parameters = [];

    public AccountConditions(Guid organizationId, UserCriteria criteria)
    {
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = organizationId });
        AddQuery(criteria.Query);
        AddLine(criteria.FirstName, 1);
        AddLine(criteria.LastName, 2);
        AddLine(criteria.Email, 3);
        AddLine(criteria.Phone, 4, 5);
    }

    /// <summary>Reads the ids of members whom it fits, at most so many.</summary>
    public NpgsqlCommand Command(NpgsqlConnection connection, int most)
    {
        var command = new NpgsqlCommand(
            $"SELECT u.id FROM accounts.users u JOIN accounts.memberships m ON m.user_id = u.id WHERE {sql} LIMIT {most}", connection);
        command.Parameters.AddRange(parameters.ToArray());
        return command;
    }

    private void AddQuery(string? query)
    {
        if (query is not null)
        {
            var parameter = Add(query);
            sql.Append(SearchText.Letters(query) < TrigramLength
                ? $" AND u.search_text LIKE '% ' || shared.plain({parameter}) || '%'"
                : $" AND u.search_text LIKE '%' || shared.plain({parameter}) || '%'");
        }
    }

    // A text in one of these lines of search_text. The index finds it anywhere; the line decides.
    private void AddLine(string? text, params ReadOnlySpan<int> lines)
    {
        if (text is null)
        {
            return;
        }

        var pattern = $"'%' || shared.plain({Add(text)}) || '%'";
        if (SearchText.Letters(text) >= TrigramLength)
        {
            sql.Append($" AND u.search_text LIKE {pattern}");
        }

        sql.Append($@" AND ({string.Join(" OR ", lines.ToArray().Select(line => $@"split_part(u.search_text, E'\n', {line}) LIKE {pattern}"))})");
    }

    private string Add(string text)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        return $"${parameters.Count}";
    }
}
