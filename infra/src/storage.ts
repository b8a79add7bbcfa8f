import { dynamoTable } from '@parley/stores';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Environment } from './environment.ts';

/** What is kept of sessions, and the key that it is encrypted with; logs, dead letters and alarms are encrypted with it too. */
export class Storage extends Construct {
  readonly key: Key;
  readonly table: Table;

  constructor(scope: Construct, id: string, { prefix, protected: real }: Environment) {
    super(scope, id);
    const removalPolicy = real ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    this.key = new Key(this, 'Key', {
      alias: prefix,
      description: `What ${prefix} keeps of sessions, its logs and dead letters`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy,
    });
    for (const statement of usersOf(prefix, Stack.of(this))) this.key.addToResourcePolicy(statement);

    const { keys, ttl, shard, indexes } = dynamoTable;
    this.table = new Table(this, 'Table', {
      tableName: prefix,
      partitionKey: { name: keys.hash, type: AttributeType.STRING },
      sortKey: { name: keys.range, type: AttributeType.STRING },
      timeToLiveAttribute: ttl,
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: real },
      deletionProtection: real,
      removalPolicy,
    });
    for (const [indexName, range] of Object.entries(indexes)) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: shard, type: AttributeType.STRING },
        sortKey: { name: range, type: AttributeType.NUMBER },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
    if (!real) {
      Validations.of(this.table).acknowledge({
        id: 'AwsSolutions-DDB3',
        reason: 'This environment is not protected: its sessions are made up, and nobody would restore them.',
      });
    }
  }
}

/** The services that encrypt with the key on their own account: each for what is ours only. */
function usersOf(prefix: string, { partition, region, account }: Stack): readonly PolicyStatement[] {
  const groups = `arn:${partition}:logs:${region}:${account}:log-group:`;
  return [
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    new PolicyStatement({
      sid: 'Logs',
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:DescribeKey',
      ],
      // In a key's own policy this is the key.
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': [
            `${groups}/aws/lambda/${prefix}-*`,
            `${groups}/aws/vendedlogs/states/${prefix}-*`,
          ],
        },
      },
    }),
    // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html: an alarm is published to an encrypted topic.
    new PolicyStatement({
      sid: 'Alarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  ];
}
