using Npgsql;
using NpgsqlTypes;
using Patron.Shared.Database;

namespace Patron.Shared.Audit;

/// <summary>Inserts audit entries without EF.</summary>
public static class AuditCommands
{
    /// <summary>The statement that inserts the entry, for the same batch as the audited change.</summary>
    public static NpgsqlBatchCommand Insert(AuditEntry entry) => new(
        """
        INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent, before, after, cause)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<DateTimeOffset> { TypedValue = entry.At },
            new NpgsqlParameter<string> { TypedValue = entry.Action },
            new NpgsqlParameter<string> { TypedValue = entry.SubjectType },
            new NpgsqlParameter<Guid> { TypedValue = entry.SubjectId },
            OptionalParameter.Of(entry.OrganizationId, NpgsqlDbType.Uuid),
            OptionalParameter.Of(entry.ActorUserId, NpgsqlDbType.Uuid),
            OptionalParameter.Of(entry.ActorKeyId, NpgsqlDbType.Uuid),
            new NpgsqlParameter<string> { TypedValue = entry.Address },
            OptionalParameter.Of(entry.UserAgent, NpgsqlDbType.Text),
            OptionalParameter.Of(entry.Before, NpgsqlDbType.Jsonb),
            OptionalParameter.Of(entry.After, NpgsqlDbType.Jsonb),
            OptionalParameter.Of(entry.Cause, NpgsqlDbType.Text),
        },
    };
}
