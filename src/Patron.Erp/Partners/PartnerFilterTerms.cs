using Patron.Customers.Search.Filters;

namespace Patron.Erp.Partners;

/// <summary>The terms by which customers are filtered by their partners in the ERP (<c>odoo:1234</c>, <c>has:odoo</c>).</summary>
internal static class PartnerFilterTerms
{
    private const string IdTerm = "erp";
    private const string HasTerm = "has";

    /// <summary>
    /// The customer of a partner by its id, also of one whose values another partner owns. Its other name is that of the ERP.
    /// </summary>
    public static FilterTerm OfId(IErpConnector connector) => new(IdTerm, $"The id of the partner in {connector.Name}")
    {
        Aliases = [connector.Source],
        Example = "1234",
        Subject = FilterSubject.Person,
        Condition = (sql, values) =>
            $"""
            uid = ANY (ARRAY(SELECT customer_uid FROM erp.partners WHERE organization_id = $1 AND source = {sql.Add(connector.Source)}
            AND external_id = ANY ({sql.Add(values)}) AND customer_uid IS NOT NULL))
            """,
    };

    /// <summary>Customers who show the values of a partner of this ERP.</summary>
    public static FilterTerm Has(IErpConnector connector) => new(HasTerm, "")
    {
        Choices =
        [
            new FilterChoice(
                connector.Source, $"A partner in {connector.Name}", $"(erp_id IS NOT NULL AND erp_source = '{connector.Source}')"),
        ],
    };
}
