/** A resource of a CloudFormation template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: { readonly [name: string]: unknown };
}

/** Lets something of a service call the function whose ARN is this parameter; `anyAccount`: what is called for is known by its ARN alone. */
export const mayCall = (
  functionArn: string,
  service: string,
  source: object,
  { anyAccount = false }: { readonly anyAccount?: boolean } = {},
): Resource => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: { Ref: functionArn },
    Principal: service,
    ...(anyAccount ? {} : { SourceAccount: { Ref: 'AWS::AccountId' } }),
    SourceArn: source,
  },
});

/** Lets the flows of the Connect instance use a function or a bot. */
export const associated = (IntegrationType: 'LAMBDA_FUNCTION' | 'LEX_BOT', IntegrationArn: object): Resource => ({
  Type: 'AWS::Connect::IntegrationAssociation',
  Properties: { InstanceId: { Ref: 'InstanceArn' }, IntegrationType, IntegrationArn },
});
