using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;
using Patron.Shared.Database;

namespace Patron.Customers.Dashboards;

/// <summary>What the ERP said of one part, as JSON; null where it has no such documents.</summary>
internal sealed record KeptSection(string Name, string? Answer, DateTimeOffset AsOf);

/// <summary>The last answers of the ERP, for each customer and part.</summary>
public sealed class DashboardCache(DatabaseSession session)
{
    private const string ReadSql = "SELECT section, answer::text, as_of FROM customers.dashboards WHERE customer_uid = $1 AND partner_id = $2";

    // Of two that asked at one time the later answer stays. A customer erased meanwhile leaves nothing behind.
    private const string SaveSql = """
        INSERT INTO customers.dashboards AS kept (customer_uid, partner_id, section, answer, as_of)
        SELECT uid, $2, said.section, said.answer::jsonb, said.as_of
        FROM (SELECT uid FROM customers.customers WHERE uid = $1 FOR KEY SHARE) customer, unnest($3, $4, $5) said (section, answer, as_of)
        ORDER BY said.section
        ON CONFLICT (customer_uid, section) DO UPDATE SET partner_id = excluded.partner_id, answer = excluded.answer, as_of = excluded.as_of
        WHERE kept.as_of < excluded.as_of
        """;

    internal Task<Dictionary<string, KeptSection>> ReadAsync(Guid customerUid, long partnerId, CancellationToken cancellation) => session.OnConnectionAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(ReadSql, connection) { Parameters = { new() { Value = customerUid }, new() { Value = partnerId } } };
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var kept = new Dictionary<string, KeptSection>(StringComparer.Ordinal);
            while (await reader.ReadAsync(cancellation))
            {
                kept[reader.GetString(0)] = new KeptSection(reader.GetString(0), await reader.IsDBNullAsync(1, cancellation) ? null : reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2));
            }

            return kept;
        },
        cancellation);

    internal Task SaveAsync(Guid customerUid, long partnerId, IReadOnlyCollection<KeptSection> sections, CancellationToken cancellation) =>
        sections.Count == 0 ? Task.CompletedTask : session.OnConnectionAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(SaveSql, connection)
                {
                    Parameters =
                    {
                        new() { Value = customerUid },
                        new() { Value = partnerId },
                        new() { Value = sections.Select(section => section.Name).ToArray() },
                        new() { Value = sections.Select(section => section.Answer).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                        new() { Value = sections.Select(section => section.AsOf).ToArray() },
                    },
                };
                return await command.ExecuteNonQueryAsync(cancellation);
            },
            cancellation);
}

/// <summary>Parts of the dashboard as they are kept: who changes what is in them empties the table by a migration.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ErpList<ErpService>), TypeInfoPropertyName = "Services")]
[JsonSerializable(typeof(ErpList<ErpInvoice>), TypeInfoPropertyName = "Billing")]
[JsonSerializable(typeof(ErpList<ErpArrears>), TypeInfoPropertyName = "Arrears")]
[JsonSerializable(typeof(ErpList<ErpTicket>), TypeInfoPropertyName = "Tickets")]
[JsonSerializable(typeof(ErpList<ErpOrder>), TypeInfoPropertyName = "Orders")]
internal sealed partial class DashboardJson : JsonSerializerContext;
