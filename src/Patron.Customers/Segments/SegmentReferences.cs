using Patron.Customers.Customers;
using Patron.Shared.Database;

namespace Patron.Customers.Segments;

/// <summary>
/// Deletes segments that name a customer who is erased: by email address, phone, identifier or whole name. A segment without that name
/// would find others, so it is not changed instead.
/// </summary>
internal sealed class SegmentReferences(DatabaseSession database) : ICustomerReferences
{
    // The digits of a phone are compared without what stands between them.
    private const string ForgetSql = """
        DELETE FROM customers.segments s USING customers.customers c
        WHERE s.organization_id = $1 AND c.organization_id = $1 AND c.uid = ANY ($2) AND (
            position(replace(lower(c.customer_id), '_', '-') IN replace(lower(s.filter), '_', '-')) > 0
            OR position(c.uid::text IN lower(s.filter)) > 0
            OR (c.email_key IS NOT NULL
                AND (position(c.email_key IN lower(s.filter)) > 0 OR position(lower(c.email) IN lower(s.filter)) > 0))
            OR (length(shared.phone_digits(c.phone)) >= 7
                AND position(right(shared.phone_digits(c.phone), 7)
                    IN regexp_replace(regexp_replace(s.filter, '(created|updated|seen):[^ ]+', '', 'g'), '[^0-9]', '', 'g')) > 0)
            OR (c.first_name <> '' AND c.last_name <> ''
                AND regexp_split_to_array(shared.search_fold(s.filter), '[^[:alnum:]]+')
                    @> regexp_split_to_array(btrim(shared.search_fold(c.first_name || ' ' || c.last_name)), '[^[:alnum:]]+'))
            OR (c.reference IS NOT NULL AND position('ref:' || lower(c.reference) IN lower(s.filter)) > 0))
        """;

    public Task<IReadOnlyList<MovedRow>> MoveAsync(
        Guid organizationId, Guid absorbed, Guid survivor, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<MovedRow>>([]);

    public Task<IReadOnlyList<ReferencedPartner>> FindPartnersAsync(
        Guid organizationId, Guid customer, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ReferencedPartner>>([]);

    public Task ReturnAsync(SeparatedRecord record, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ForgetAsync(Guid organizationId, IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken) =>
        database.ExecuteAsync(ForgetSql, cancellationToken, organizationId, customers.ToArray());
}
