// Runs a declarative Jenkinsfile without Jenkins: stages in their order, `when` and parameters evaluated,
// `sh` for real, all else noted. Ends with 1 when a stage fails, as a build does. Only deploy/check runs this.
//
//   groovy jenkins.groovy JENKINSFILE [branch=NAME] [tag=NAME] [approve=no] [PARAMETER=VALUE…]

/** Takes whatever a block says, by name; blocks that have a meaning here are methods of the heirs. */
class Block {
    Build build
    def methodMissing(String name, arguments) { build.note("${name} ${describe(arguments)}") }
    def propertyMissing(String name) { build.value(name) }
    static String describe(arguments) {
        arguments.findAll { !(it instanceof Closure) }.collect { it.toString() }.join(' ')
    }
    def run(Closure block) {
        block.delegate = this
        block.resolveStrategy = Closure.DELEGATE_FIRST
        block.call()
    }
    // Jenkins reads credentials into variables; here each is called what it is.
    def credentials(String id) { "credential-${id}" }
    def getParams() { build.params }
    def getEnv() { build.env }
}

/** What a build knows and has done. */
class Build {
    Map env = [:]
    Map params = [:]
    String branch
    String tag
    boolean approved = true
    File folder = new File('.').canonicalFile
    void note(String what) { new File(System.getenv('RECORD')) << "jenkins ${what}\n" }
    def value(String name) {
        if (env.containsKey(name)) return env[name]
        throw new MissingPropertyException(name, Build)
    }
}

/** `environment { NAME = value }`. */
class Environment extends Block {
    void setProperty(String name, Object value) {
        if (name == 'build') { this.@build = value; return }
        build.env[name] = value.toString()
        if (value.toString().startsWith('credential-')) {
            build.env[name + '_USR'] = 'user'
            build.env[name + '_PSW'] = 'password'
        }
    }
}

/** `parameters { … }`: those that were not given have their defaults. */
class Parameters extends Block {
    def string(Map one) { build.params.putIfAbsent(one.name, one.defaultValue) }
    def booleanParam(Map one) { build.params[one.name] = (build.params[one.name] ?: one.defaultValue).toString() == 'true' }
    def choice(Map one) {
        build.params.putIfAbsent(one.name, one.choices[0])
        if (!(build.params[one.name] in one.choices)) throw new IllegalArgumentException("${one.name} is none of ${one.choices}")
    }
}

/** `when { … }`: all of it has to be true. */
class When extends Block {
    List results = []
    boolean holds(Closure block) { run(block); results.every { it } }
    def branch(String pattern) { results << (build.branch == pattern) }
    def tag(Map how) { results << (build.tag != null && build.tag ==~ how.pattern) }
    def expression(Closure block) { results << (new Block(build: build).run(block) as boolean) }
    def anyOf(Closure block) {
        def inner = new When(build: build)
        inner.run(block)
        results << inner.results.any { it }
    }
    def not(Closure block) { results << !new When(build: build).holds(block) }
}

/** `steps { … }` and `script { … }`. */
class Steps extends Block {
    def sh(String script) {
        def file = File.createTempFile('step', '.sh')
        def text = script.trim()
        // As Jenkins does: /bin/sh -xe, unless it begins with an interpreter.
        file.text = text.startsWith('#!') ? text + '\n' : '#!/bin/sh -e\n' + text + '\n'
        file.executable = true
        def process = new ProcessBuilder(file.path).directory(build.folder).redirectErrorStream(true)
        build.env.each { name, value -> process.environment()[name] = value.toString() }
        def running = process.start()
        running.inputStream.eachLine { println it }
        if (running.waitFor() != 0) throw new IllegalStateException("sh ended with ${running.exitValue()}")
    }
    def script(Closure block) { run(block) }
    def readFile(String name) { new File(build.folder, name).text }
    def string(Map one) { "${one.name}=${one.value}" }
    def build(Map how) { build.note("build ${how.job} ${how.parameters.join(' ')}") }
    def input(Map how) {
        build.note("input for ${how.submitter}")
        if (!build.approved) throw new IllegalStateException('nobody approved')
    }
    def timeout(Map how, Closure block) { run(block) }
    def sshagent(List ids, Closure block) { run(block) }
}

/** `stage(name) { … }`. */
class Stage extends Block {
    Closure condition, body, variables
    def when(Closure block) { condition = block }
    def steps(Closure block) { body = block }
    def environment(Closure block) { variables = block }
}

/** `stages { … }`. */
class Stages extends Block {
    def stage(String name, Closure block) {
        def one = new Stage(build: build)
        one.run(block)
        if (one.condition && !new When(build: build).holds(one.condition)) {
            build.note("skips ${name}")
            return
        }
        build.note("stage ${name}")
        // What a stage sets is gone after it, but what its scripts set in `env` is not.
        def before = build.env.clone()
        if (one.variables) new Environment(build: build).run(one.variables)
        def own = build.env.keySet() - before.keySet()
        new Steps(build: build).run(one.body)
        own.each { build.env.remove(it) }
    }
}

/** `post { … }`: what follows a failure, or anything. */
class Post extends Block {
    boolean failed
    def failure(Closure block) { if (failed) new Steps(build: build).run(block) }
    def success(Closure block) { if (!failed) new Steps(build: build).run(block) }
    def always(Closure block) { new Steps(build: build).run(block) }
}

/** `pipeline { … }`. */
class Pipeline extends Block {
    Closure after
    boolean failed
    def agent(Closure block) {}
    def options(Closure block) { new Block(build: build) }
    def parameters(Closure block) { new Parameters(build: build).run(block) }
    def environment(Closure block) { new Environment(build: build).run(block) }
    def post(Closure block) { after = block }
    def stages(Closure block) {
        try {
            new Stages(build: build).run(block)
        } catch (IllegalStateException | IllegalArgumentException | MissingPropertyException failure) {
            println "FAILED: ${failure.message}"
            failed = true
        }
    }
}

def build = new Build()
args.tail().each {
    def (name, value) = it.split('=', 2)
    switch (name) {
        case 'branch': build.branch = value; build.env.BRANCH_NAME = value; break
        case 'tag': build.tag = value; build.env.TAG_NAME = value; build.env.BRANCH_NAME = value; break
        case 'approve': build.approved = value != 'no'; break
        default: build.params[name] = value
    }
}
build.env.putAll([JOB_NAME: 'ekiben', BUILD_URL: 'https://jenkins.example.com/1'])
def pipeline = new Pipeline(build: build)
def binding = new Binding([pipeline: { Closure block -> pipeline.run(block) }, params: build.params, env: build.env])
new GroovyShell(binding).evaluate(new File(args[0]))
if (pipeline.after) new Post(build: build, failed: pipeline.failed).run(pipeline.after)
System.exit(pipeline.failed ? 1 : 0)
