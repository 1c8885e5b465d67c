using System.Text;
using Npgsql;
using Patron.Shared.Database;

namespace Patron.Accounts.Users;

/// <summary>
/// Criteria as a SQL condition on <c>accounts.users u</c> and its parameters. Only what is asked for becomes SQL, so each combination is
/// a statement of its own with a plan of its own. Three letters or more go through the trigram index (<c>ix_users_search</c>).
/// </summary>
internal sealed class AccountConditions
{
    private readonly StringBuilder sql = new("m.organization_id = $1");
    private readonly List<NpgsqlParameter> parameters = [];
    private readonly TextSearch search;

    public AccountConditions(Guid organizationId, UserCriteria criteria)
    {
        parameters.Add(new NpgsqlParameter<Guid> { TypedValue = organizationId });
        search = new TextSearch("u.search_text", Add);
        if (criteria.Query is { } query)
        {
            And(search.Anywhere(query));
        }

        AddLine(criteria.FirstName, 2, 1);
        AddLine(criteria.LastName, 3, 2);
        AddLine(criteria.Email, 4, 3);
        AddLine(criteria.Phone, 1, 4, 5);
    }

    /// <summary>Reads the ids of members whom it fits, at most so many.</summary>
    public NpgsqlCommand Command(NpgsqlConnection connection, int most)
    {
        var command = new NpgsqlCommand(
            $"SELECT u.id FROM accounts.users u JOIN accounts.memberships m ON m.user_id = u.id WHERE {sql} LIMIT {most}", connection);
        command.Parameters.AddRange(parameters.ToArray());
        return command;
    }

    private void AddLine(string? text, int added, params ReadOnlySpan<int> lines)
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
