using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Patron.Customers.Accounts;
using Patron.Customers.Addresses;
using Patron.Customers.Comments;
using Patron.Customers.Customers;
using Patron.Customers.Duplicates;
using Patron.Customers.Erp;
using Patron.Customers.Import;
using Patron.Customers.Inbox;
using Patron.Customers.Jobs;
using Patron.Customers.Links;
using Patron.Customers.Merges;
using Patron.Customers.Profiles;
using Patron.Customers.Search;
using Patron.Customers.Search.Filters;
using Patron.Customers.Segments;
using Patron.Customers.Statistics;
using Patron.Shared.Background;
using Patron.Shared.Database;
using Patron.Shared.Idempotency;
using Patron.Shared.Inbox;
using Patron.Shared.Text;

namespace Patron.Customers;

/// <summary>The customer record: its schema, its migrations and its use cases.</summary>
public static class CustomersModule
{
    public static MigrationSet Migrations { get; } = new("customers", typeof(CustomersModule).Assembly);

    /// <summary>What is done to existing rows in the background.</summary>
    public static IReadOnlyList<BackgroundMigration> BackgroundMigrations { get; } =
    [
        Counters.FillDimensions,
        // For migration 0015.
        SearchTextMigration.Of(
            "customers.search_texts", "customers.customers", "bigint", "first_name",
            "customers.search_text(r.first_name, r.last_name, r.company_name, r.email, r.phone, r.phone_e164, r.name, r.username, r.customer_id)"),
        TagKeys.Migration, ConsentMigration.Migration, CountryCodeMigration.Customers, CountryCodeMigration.Addresses,
        .. CustomerOrder.Indexes, .. FilterIndexes.All, ListConsents.Index,
    ];

    /// <summary>The column that compares email addresses by their keys.</summary>
    public static EmailKeyColumn EmailKeyColumn { get; } = new("customer", "customers.customers", "email_key", "uid");

    /// <summary>
    /// Adds the module. It needs an <see cref="IAccountDirectory"/>, a <see cref="DatabaseSession"/> and an <see cref="IdempotentWork"/>
    /// per scope, a <see cref="PhoneNumberParser"/> and a <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddCustomers(this IServiceCollection services)
    {
        services.TryAddSingleton(ErpOwnership.Everything);
        services.TryAddSingleton<CustomersOptions>();
        services.AddScoped<CustomerStore>();
        services.AddScoped<AccountCopies>();
        services.AddScoped<IdentifierAllocator>();
        services.AddScoped<ChangeRequests>();
        services.AddScoped<CustomerEditor>();
        services.AddScoped<CreateCustomer>();
        services.AddScoped<FindCustomer>();
        services.AddScoped<ListConsents>();
        services.AddScoped<LocateCustomer>();
        services.AddSingleton<FilterTerms>();
        services.AddScoped<CriteriaReader>();
        services.AddScoped<BrowseCustomers>();
        services.AddScoped<ListCustomers>();
        services.AddScoped<SearchCustomers>();
        services.AddScoped<ListPlaces>();
        services.AddSingleton<ManyMatches>().AddScoped<FindCustomers>();
        services.AddScoped<QuickFind>();
        services.AddScoped<SuggestTerms>();
        AddSegments(services);
        services.AddScoped<ReadStatistics>().AddScoped<ReadGrowth>();
        services.AddScoped<UpdateCustomer>().AddScoped<BlockCustomer>();
        services.AddScoped<BulkUpdateCustomers>();
        services.AddScoped<DeleteCustomer>();
        services.AddScoped<RestoreCustomer>();
        services.AddScoped<EraseCustomer>().AddScoped<RepeatErasures>();
        services.AddScoped<VerifyCustomerEmail>();
        services.AddScoped<VerifyCustomerPhone>();
        services.AddScoped<RecordCustomerSignIn>();
        services.AddScoped<ImportCustomers>().AddScoped<ListImports>();
        services.AddScoped<CustomerAddresses>();
        services.AddScoped<ListAddresses>();
        services.AddScoped<AddAddress>();
        services.AddScoped<ChangeAddress>();
        services.AddScoped<RemoveAddress>();
        services.AddScoped<CommentStore>();
        services.AddScoped<ListComments>();
        services.AddScoped<AddComment>();
        services.AddScoped<ChangeComment>();
        services.AddScoped<RemoveComment>();
        services.AddScoped<LinkOffers>();
        services.AddScoped<MergeStore>();
        services.AddScoped<MergedRows>();
        services.AddScoped<CustomerMerger>();
        services.AddScoped<MergePartners>();
        services.AddScoped<ReturnedClaims>();
        services.AddScoped<MergeLocks>();
        services.AddScoped<MergeHistory>();
        services.AddScoped<SeparatedRows>();
        services.AddScoped<SeparateRecords>();
        services.AddScoped<MergeCustomers>();
        services.AddScoped<UndoMerge>();
        services.AddScoped<ListMerges>();
        services.AddScoped<CustomerLinker>();
        services.AddScoped<AccountCustomers>();
        services.AddScoped<WaitingCustomers>();
        services.AddScoped<OfferCustomer>();
        services.AddScoped<AnswerOffer>();
        services.AddScoped<ListOffers>();
        AddDuplicates(services);
        services.AddScoped<OwnProfile>();
        services.AddScoped<FindProfile>();
        services.AddScoped<CreateProfile>();
        services.AddScoped<UpdateProfile>();
        services.AddScoped<DeleteProfile>();
        services.AddScoped<WithdrawChangeRequest>();
        services.AddScoped<CheckProfile>();
        services.AddScoped<CountService>();
        services.AddScoped<ReadProfileStatistics>();
        services.AddScoped<ErpCustomers>();
        services.AddScoped<AnswerChangeRequest>();
        AddJobs(services);
        AddInbox(services);
        services.AddSingleton(
            provider => new Counters(provider.GetRequiredService<DatabasePools>().Background, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new RefreshPhoneNumbers(
            provider.GetRequiredService<DatabasePools>().Background, provider.GetRequiredService<PhoneNumberParser>()));
        return services;
    }

    private static void AddDuplicates(IServiceCollection services)
    {
        services.AddSingleton<MatchModelCache>();
        services.AddScoped<MatchModels>();
        services.AddScoped<MatchKeys>();
        services.AddScoped<DuplicatePairs>();
        services.AddScoped<DuplicateScans>();
        services.AddScoped<DuplicateFinder>();
        services.AddScoped<DuplicateViews>();
        services.AddScoped<DuplicateQueue>();
        services.AddScoped<ICustomerReferences, DuplicateReferences>();
        services.AddScoped<ListDuplicates>();
        services.AddScoped<ListDuplicatesOfCustomer>();
        services.AddScoped<CheckDuplicates>();
        services.AddScoped<DismissDuplicate>();
        services.AddScoped<ScanDuplicates>();
        services.AddScoped<ExportDuplicates>();
    }

    private static void AddSegments(IServiceCollection services)
    {
        services.AddScoped<ICustomerReferences, SegmentReferences>();
        services.AddScoped<ListSegments>().AddScoped<CreateSegment>().AddScoped<ChangeSegment>().AddScoped<DeleteSegment>();
    }

    private static void AddInbox(IServiceCollection services)
    {
        services.AddScoped<InboxItems>().AddScoped<InboxEntries>();
        services.AddScoped<ListInbox>().AddScoped<ReadInboxItem>().AddScoped<AssignInboxItem>();
        services.AddScoped<SnoozeInboxItem>().AddScoped<DismissInboxItem>();
        services.AddScoped<ExtendOffer>().AddScoped<IInboxReader>(provider => provider.GetRequiredService<ExtendOffer>());
        services.AddScoped<IInboxReader, ChangeRequestReader>().AddScoped<IInboxReader, RejectedRowsReader>();
        services.AddScoped<IInboxReader, DuplicateInboxReader>().AddScoped<IInboxReader, ReleasedClaimReader>();
    }

    private static void AddJobs(IServiceCollection services)
    {
        services.AddScoped<JobStore>().AddScoped<JobRows>().AddScoped<JobActor>().AddScoped<JobCustomers>().AddScoped<CustomerBatch>();
        services.AddScoped<IJobKind, UpdateKind>().AddScoped<IJobKind, VerifyKind>().AddScoped<IJobKind, EraseKind>();
        foreach (var kind in new[] { JobKind.AddTags, JobKind.RemoveTags })
        {
            services.AddScoped<IJobKind>(
                provider => new TagKind(kind, provider.GetRequiredService<CustomerBatch>(), provider.GetRequiredService<TimeProvider>()));
        }

        foreach (var kind in new[] { JobKind.Deactivate, JobKind.Restore })
        {
            services.AddScoped<IJobKind>(
                provider => new ActivityKind(kind, provider.GetRequiredService<CustomerBatch>(), provider.GetRequiredService<TimeProvider>()));
        }

        services.AddScoped<PreviewStep>().AddScoped<ApplyStep>().AddScoped<UndoStep>().AddScoped<RecordUndo>().AddSingleton<JobRunner>();
        services.AddScoped<CreateJob>().AddScoped<ConfirmJob>().AddScoped<CancelJob>().AddScoped<UndoJob>().AddScoped<ListJobs>();
    }
}
