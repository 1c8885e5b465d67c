using Npgsql;
using NpgsqlTypes;

namespace Patron.Shared.Audit;

/// <summary>Audit entries for those who write without EF.</summary>
public static class AuditCommands
{
    /// <summary>The statement that enters it, to go in one batch with the deed itself.</summary>
    public static NpgsqlBatchCommand Insert(AuditEntry entry) => new(
        """
        INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent, before, after)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<DateTimeOffset> { TypedValue = entry.At },
            new NpgsqlParameter<string> { TypedValue = entry.Action },
            new NpgsqlParameter<string> { TypedValue = entry.SubjectType },
            new NpgsqlParameter<Guid> { TypedValue = entry.SubjectId },
            Optional(entry.OrganizationId, NpgsqlDbType.Uuid),
            Optional(entry.ActorUserId, NpgsqlDbType.Uuid),
            Optional(entry.ActorKeyId, NpgsqlDbType.Uuid),
            new NpgsqlParameter<string> { TypedValue = entry.Address },
            Optional(entry.UserAgent, NpgsqlDbType.Text),
            Optional(entry.Before, NpgsqlDbType.Jsonb),
            Optional(entry.After, NpgsqlDbType.Jsonb),
        },
    };

    private static NpgsqlParameter Optional(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
