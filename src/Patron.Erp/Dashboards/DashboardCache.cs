using System.Text.Json.Serialization;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Shared.Database;

namespace Patron.Erp.Dashboards;

/// <summary>A cached answer of the ERP for one section, as JSON; null where the ERP has no such documents.</summary>
internal sealed record CachedSection(string Name, string? Answer, DateTimeOffset AsOf);

/// <summary>Stores the last answers of the ERP for each customer and section.</summary>
public sealed class DashboardCache(DatabaseSession session)
{
    private const string ReadSql =
        "SELECT section, answer::text, as_of FROM erp.dashboards WHERE organization_id = $1 AND customer_uid = $2 AND partner_source = $3 AND partner_id = $4";

    // Of two concurrent reads the later answer is kept. Nothing is stored for a customer who was erased meanwhile.
    private const string SaveSql = """
        INSERT INTO erp.dashboards AS kept (organization_id, customer_uid, partner_source, partner_id, section, answer, as_of)
        SELECT $1, uid, $3, $4, said.section, said.answer::jsonb, said.as_of
        FROM (SELECT uid FROM customers.customers WHERE organization_id = $1 AND uid = $2 FOR KEY SHARE) customer, unnest($5, $6, $7) said (section, answer, as_of)
        ORDER BY said.section
        ON CONFLICT (customer_uid, section) DO UPDATE SET partner_source = excluded.partner_source, partner_id = excluded.partner_id, answer = excluded.answer, as_of = excluded.as_of
        WHERE kept.as_of < excluded.as_of
        """;

    internal async Task<Dictionary<string, CachedSection>> ReadAsync(
        Customer customer, PartnerKey partner, CancellationToken cancellationToken) =>
        (await session.QueryAsync(
            ReadSql, row =>
                new CachedSection(row.Text(), row.OptionalText(), row.Time()), cancellationToken, customer.OrganizationId, customer.Uid,
                partner.Source, partner.Id))
            .ToDictionary(section => section.Name, StringComparer.Ordinal);

    internal Task SaveAsync(
        Customer customer, PartnerKey partner, IReadOnlyCollection<CachedSection> sections, CancellationToken cancellationToken) =>
        sections.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(
            SaveSql, cancellationToken, customer.OrganizationId, customer.Uid, partner.Source, partner.Id,
            sections.Select(section => section.Name).ToArray(),
            OptionalParameter.Of(sections.Select(section => section.Answer).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text),
            sections.Select(section => section.AsOf).ToArray());
}

/// <summary>The stored form of sections. A change of these types needs a migration that empties the table.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ErpList<ErpService>), TypeInfoPropertyName = "Services")]
[JsonSerializable(typeof(ErpList<ErpInvoice>), TypeInfoPropertyName = "Billing")]
[JsonSerializable(typeof(ErpList<ErpArrears>), TypeInfoPropertyName = "Arrears")]
[JsonSerializable(typeof(ErpList<ErpTicket>), TypeInfoPropertyName = "Tickets")]
[JsonSerializable(typeof(ErpList<ErpOrder>), TypeInfoPropertyName = "Orders")]
internal sealed partial class DashboardJson : JsonSerializerContext;
