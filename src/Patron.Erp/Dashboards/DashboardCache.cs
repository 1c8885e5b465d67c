using System.Text.Json.Serialization;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Shared.Database;

namespace Patron.Erp.Dashboards;

/// <summary>What the ERP said of one part, as JSON; null where it has no such documents.</summary>
internal sealed record KeptSection(string Name, string? Answer, DateTimeOffset AsOf);

/// <summary>The last answers of the ERP, for each customer and part.</summary>
public sealed class DashboardCache(DatabaseSession session)
{
    private const string ReadSql = "SELECT section, answer::text, as_of FROM erp.dashboards WHERE organization_id = $1 AND customer_uid = $2 AND partner_source = $3 AND partner_id = $4";

    // Of two that asked at one time the later answer stays. A customer erased meanwhile leaves nothing behind.
    private const string SaveSql = """
        INSERT INTO erp.dashboards AS kept (organization_id, customer_uid, partner_source, partner_id, section, answer, as_of)
        SELECT $1, uid, $3, $4, said.section, said.answer::jsonb, said.as_of
        FROM (SELECT uid FROM customers.customers WHERE organization_id = $1 AND uid = $2 FOR KEY SHARE) customer, unnest($5, $6, $7) said (section, answer, as_of)
        ORDER BY said.section
        ON CONFLICT (customer_uid, section) DO UPDATE SET partner_source = excluded.partner_source, partner_id = excluded.partner_id, answer = excluded.answer, as_of = excluded.as_of
        WHERE kept.as_of < excluded.as_of
        """;

    internal async Task<Dictionary<string, KeptSection>> ReadAsync(Customer customer, PartnerKey partner, CancellationToken cancellationToken) =>
        (await session.QueryAsync(
            ReadSql, row => new KeptSection(row.Text(), row.OptionalText(), row.Time()), cancellationToken, customer.OrganizationId, customer.Uid, partner.Source, partner.Id))
            .ToDictionary(section => section.Name, StringComparer.Ordinal);

    internal Task SaveAsync(Customer customer, PartnerKey partner, IReadOnlyCollection<KeptSection> sections, CancellationToken cancellationToken) =>
        sections.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(
            SaveSql, cancellationToken, customer.OrganizationId, customer.Uid, partner.Source, partner.Id,
            sections.Select(section => section.Name).ToArray(),
            OptionalParameter.Of(sections.Select(section => section.Answer).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
            sections.Select(section => section.AsOf).ToArray());
}

/// <summary>Parts of the dashboard as they are kept: who changes what is in them empties the table by a migration.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ErpList<ErpService>), TypeInfoPropertyName = "Services")]
[JsonSerializable(typeof(ErpList<ErpInvoice>), TypeInfoPropertyName = "Billing")]
[JsonSerializable(typeof(ErpList<ErpArrears>), TypeInfoPropertyName = "Arrears")]
[JsonSerializable(typeof(ErpList<ErpTicket>), TypeInfoPropertyName = "Tickets")]
[JsonSerializable(typeof(ErpList<ErpOrder>), TypeInfoPropertyName = "Orders")]
internal sealed partial class DashboardJson : JsonSerializerContext;
